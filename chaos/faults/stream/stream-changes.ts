import { rigError } from "../../../harness/errors.ts";
import type { FaultRig } from "../fault-rig.ts";
import type { Change } from "../../journal/change.ts";
import { type Interception, PROXY_UID, forgettingOf, removalOf, rulesetOf } from "./interception.ts";
import { takeSlot } from "./proxy-slots.ts";
import type { StreamWay } from "./stream-way.ts";
import type { Toxic } from "./toxic.ts";
import { ToxiproxyClient } from "./toxiproxy-client.ts";

const READY_MS = 10_000;

export interface StreamSetting {
  toxics: readonly Toxic[];
  /** False: every connection is refused. @default true */
  enabled?: boolean;
}

/**
 * toxiproxy on the machine, its proxy, then the way into it. Undone in the reverse order by the machine alone: the table
 * goes, with the process all that it knew, and at last what the connection tracker remembers of it.
 */
export function streamChanges(rig: FaultRig, way: StreamWay, setting: StreamSetting): Change[] {
  const { machine, host, port, bridge, listenHost } = way;
  const { name, listenPort, controlPort } = takeSlot(rig.name, machine.name);
  const listen = `${listenHost}:${listenPort}`;
  const interception: Interception = { table: name, host, port, bridge, listenPort };
  const uid = String(PROXY_UID);
  const argv = [
    ...["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", `${rig.paths.bin}/toxiproxy-server`],
    ...["-host", "127.0.0.1", "-port", String(controlPort)],
  ];
  const { toxics, enabled = true } = setting;
  const given = toxics.map(
    ({ type, stream, attributes }) => `${type} ${stream} ${JSON.stringify(attributes)}`,
  );
  const state = enabled ? given.join(", ") || "no toxics" : "disabled";
  return [
    {
      // First, and so undone last: until the process has ended, entries are still made.
      what: `${machine.name}: when healed, conntrack -D of connections to ${host}:${port} led to port ${listenPort}`,
      undo: { kind: "node", node: machine.name, undo: forgettingOf(interception) },
      apply: () => Promise.resolve(),
    },
    {
      what: `${machine.name}: start ${name}: ${argv.join(" ")}`,
      undo: { kind: "node", node: machine.name, undo: { kind: "service", service: name, action: "stop" } },
      apply: () =>
        machine.startService({
          ...{ name, argv, restart: false, readyTimeoutMs: READY_MS },
          readyPattern: "Starting Toxiproxy HTTP server",
        }),
    },
    {
      what: `${machine.name}: toxiproxy ${listen} -> ${host}:${port}: ${state}`,
      // It goes with the process.
      undo: undefined,
      apply: () =>
        new ToxiproxyClient(machine, controlPort).createProxy({
          ...{ name, listen, upstream: `${host}:${port}`, toxics, enabled },
        }),
    },
    {
      what: `${machine.name}: nft -f - (table ip ${name}: ${way.name} at ${host}:${port} leads to ${listen})`,
      undo: { kind: "node", node: machine.name, undo: removalOf(name) },
      apply: async () => {
        const done = await machine.exec(["nft", "-f", "-"], {
          stdin: rulesetOf(interception),
          allowFailure: true,
        });
        if (done.exitCode !== 0)
          throw rigError("STREAM_TABLE", `${machine.name} does not take the table ${name}`, {
            where: `${machine.name}: ${done.stderr.trim()}`,
            expected: "a kernel with nft's redirect and reject, and no table of this name",
            fix: `run \`edgeproof heal\` where a run was cut off`,
          });
      },
    },
  ];
}
