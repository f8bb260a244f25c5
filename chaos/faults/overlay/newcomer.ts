import { stringify } from "yaml";

import { NEBULA_FOLDER, NEBULA_PORT, OVERLAY_PREFIX } from "../../../harness/config/nebula-layout.ts";
import { rigError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { FaultRig } from "../fault-rig.ts";
import { type CertificateRig, signNew } from "./nebula-cert.ts";

/** Host numbers of the overlay's network that no machine of a rig has. */
const HOSTS = { first: 200, last: 254 };
const READY_MS = 10_000;
/** Standard input is a socket, which cannot be opened by name; a pipe can. */
const FROM_PIPE = 'cat | "$1" -config /dev/stdin';
const LONGEST_MS = 3_600_000;

let nextHost = HOSTS.first;

/** Another address each time: to every machine it is one that it never met. */
function unusedAddress(overlay: string): string {
  const address = overlay.replace(/\d+$/, String(nextHost));
  nextHost = nextHost === HOSTS.last ? HOSTS.first : nextHost + 1;
  return address;
}

export interface NewcomerOptions {
  rig: CertificateRig & Pick<FaultRig, "paths">;
  /** Machine that it runs on, beside the machine's own Nebula. */
  host: NodeHandle;
  /** Machines that it knows from the beginning, and tells where it is. */
  meets: readonly NodeHandle[];
  /** How often it tells them where it is, s. @default 1 */
  intervalSeconds?: number;
}

/**
 * One more Nebula in the overlay, with an identity of its own and no interface: it answers pings by itself. To ask it is
 * to ask whether a pair that has no tunnel gets one, without closing a tunnel that is in use. Nothing of it is on a disk:
 * its configuration goes in by standard input, and it ends with the connection to its host.
 */
export class Newcomer {
  readonly address: string;
  private readonly abort: AbortController;
  private readonly ended: Promise<unknown>;

  private constructor(address: string, abort: AbortController, ended: Promise<unknown>) {
    this.address = address;
    this.abort = abort;
    this.ended = ended;
  }

  static async start({ rig, host, meets, intervalSeconds = 1 }: NewcomerOptions): Promise<Newcomer> {
    const address = unusedAddress(host.overlay ?? "");
    const name = `newcomer-${address.split(".").pop()}`;
    const files = await signNew(rig, { name, networks: [`${address}/${OVERLAY_PREFIX}`] });
    const known = meets.filter(({ overlay }) => overlay !== undefined);
    const anything = [{ port: "any", proto: "any", host: "any" }];
    const config = stringify({
      pki: { ca: files.ca, cert: files.cert, key: files.key },
      static_host_map: Object.fromEntries(
        known.map(({ overlay = "", underlay }) => [overlay, [`${underlay}:${NEBULA_PORT}`]]),
      ),
      lighthouse: {
        am_lighthouse: false,
        interval: intervalSeconds,
        hosts: known.map(({ overlay }) => overlay),
        local_allow_list: { interfaces: { "cni.*": false, "veth.*": false, "nebula.*": false } },
      },
      listen: { host: "0.0.0.0", port: 0 },
      tun: { disabled: true },
      firewall: { outbound: anything, inbound: anything },
      logging: { level: "info" },
    });
    const abort = new AbortController();
    let ready: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (ready = resolve));
    const ended = host.exec(["sh", "-c", FROM_PIPE, "sh", `${rig.paths.bin}/nebula`], {
      stdin: config,
      allowFailure: true,
      timeoutMs: LONGEST_MS,
      signal: abort.signal,
      onLine: (line) => line.includes("Nebula interface is active") && ready(),
    });
    const died = ended.then(({ stdout, stderr }) => {
      throw rigError("newcomer", `a newcomer's Nebula on ${host.name} ended`, {
        where: `${host.name} (not the one of ${NEBULA_FOLDER})`,
        cause: new Error(`${stdout}${stderr}`.slice(-500)),
      });
    });
    died.catch(() => undefined);
    const late = new Promise<never>((_, reject) =>
      setTimeout(
        () => reject(rigError("newcomer", `a newcomer on ${host.name} did not start`)),
        READY_MS,
      ).unref(),
    );
    const newcomer = new Newcomer(
      address,
      abort,
      ended.catch(() => undefined),
    );
    try {
      await Promise.race([started, died, late]);
      return newcomer;
    } catch (error) {
      await newcomer.leave();
      throw error;
    }
  }

  /** Ends it; the others are told that its tunnels end. */
  async leave(): Promise<void> {
    this.abort.abort();
    await this.ended;
  }
}
