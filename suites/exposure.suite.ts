import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { relative } from "node:path";
import { expect } from "chai";

import { projectFile } from "../harness/project.ts";
import { ContainerDriver } from "../harness/rig/driver/container/container-driver.ts";
import { RUNTIME_PATH } from "../harness/rig/driver/runtime-folder.ts";
import { CONTROL_PORTS, OPEN_PORTS } from "../harness/rig/exposure/allowed-ports.ts";
import { isLoopback, listenersOf } from "../harness/rig/exposure/listeners.ts";
import { type Listeners, listenersByOwner } from "../harness/rig/exposure/own-listeners.ts";
import { tcpReach } from "../harness/rig/exposure/tcp-reach.ts";
import type { NodeHandle } from "../harness/rig/node-handle.ts";
import { rigFolder } from "../harness/rig/rig-state.ts";
import { knownSecretsInText, secretsInText } from "../harness/rig/secrets/find-secrets.ts";
import { folderSecrets, machineSecrets, rigSecrets } from "../harness/rig/secrets/rig-secrets.ts";
import { currentSession } from "../harness/session/session.ts";

/** On no list of what Nebula's firewall lets in. */
const UNLISTED_PORT = 20_000;
/** A real machine may be slow, and asks for many ports at once. */
const SLOW_MS = 8_000;
const PATHS = ["underlay", "overlay"] as const;

/** Listens on one address until the signal, and resolves with the end once it does. */
function listenOn(node: NodeHandle, address: string, port: number, signal: AbortSignal) {
  const script = `require("node:net").createServer((socket) => socket.end()).listen(${port}, "${address}", () => console.log("ready"))`;
  return new Promise<{ ended: Promise<unknown> }>((resolve, reject) => {
    const ended = node.exec([`${RUNTIME_PATH}/node`, "-e", script], {
      ...{ signal, allowFailure: true, timeoutMs: 60_000 },
      onLine: () => resolve({ ended }),
    });
    ended.then(() => reject(new Error(`nothing listens on ${node.name}`)), reject);
  });
}

/** What `ps` shows of every process, with its environment. */
const ARGUMENTS = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'";

/** Arguments of this machine's processes; empty where there is no /proc. */
const ownArguments = (): string =>
  existsSync("/proc/self/cmdline")
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => {
          try {
            return readFileSync(`/proc/${pid}/cmdline`, "utf8");
          } catch {
            // It has ended.
            return "";
          }
        })
        .join("\n")
    : "";

describe("Is nothing open that need not be", () => {
  const { rig } = currentSession();
  const machines = [...rig.machines, ...(rig.wan ? [rig.wan] : [])];
  const { driver } = rig.parts;
  const addressOf = (node: NodeHandle, path: (typeof PATHS)[number]): string | undefined => node[path];

  /** What else a real machine listens on, such as sshd, is its owner's. */
  const listeners = async (node: NodeHandle): Promise<Listeners> =>
    driver.kind === "ssh" ? listenersByOwner(node) : { own: await listenersOf(node), foreign: [] };

  it("listens on nothing but loopback, and on the few ports that have a reason", async () => {
    const found = await Promise.all(
      machines.map(async (node) =>
        (await listeners(node)).own.filter((one) => !isLoopback(one)).map((one) => ({ node, ...one })),
      ),
    );
    const unknown = found
      .flat()
      .filter(
        ({ node, proto, port }) =>
          !OPEN_PORTS.some((one) => one.proto === proto && one.port === port && one.on.includes(node.role)),
      );
    const told = unknown.map(({ node, proto, address, port, process }) =>
      [node.name, proto, `${address}:${port}`, process].join(" "),
    );
    expect(told).to.deep.equal([]);
    // A scan that sees nothing would find nothing.
    expect(found.flat().map(({ port }) => port)).to.include.members([4242, 6443, 10250]);
  });

  it("answers other machines on no control port but those with a reason, by a scan from each of them", async function () {
    this.timeout(180_000);
    const heard = await Promise.all(machines.map(listeners));
    const found = heard
      .flatMap(({ own }) => own)
      .flatMap(({ proto, port }) => (proto === "tcp" ? [port] : []));
    const theirs = new Map(
      machines.map((node, index) => [node, new Set(heard[index]?.foreign.map(({ port }) => port))]),
    );
    const ports = [...new Set([...Object.keys(CONTROL_PORTS).map(Number), ...found])];
    const wrong = await Promise.all(
      machines.map(async (from) => {
        const targets = machines
          .filter((to) => to !== from)
          .flatMap((to) => PATHS.map((path) => ({ to, path, address: addressOf(to, path) })))
          // The router is in every network and has no overlay; what is not routed to is not there to be asked.
          .filter(({ to, path }) =>
            path === "underlay" ? to !== rig.wan : from.overlay !== undefined && to !== rig.wan,
          )
          .flatMap(({ address = "", ...target }) => ports.map((port) => ({ ...target, address, port })))
          .filter(({ to, port }) => !theirs.get(to)?.has(port));
        const reached = await tcpReach(from, targets, driver.kind === "ssh" ? SLOW_MS : undefined);
        return targets.flatMap(({ to, path, port }, index) => {
          const wanted = OPEN_PORTS.some(
            (one) =>
              one.proto === "tcp" &&
              one.port === port &&
              one.path === path &&
              one.on.includes(to.role) &&
              one.from.includes(from.role),
          );
          const is = reached[index]!;
          return wanted === (is === "open")
            ? []
            : [`${from.name} -> ${to.name} ${path} ${port} (${CONTROL_PORTS[port] ?? "found by ss"}): ${is}`];
        });
      }),
    );
    expect(wrong.flat()).to.deep.equal([]);
  });

  it("is published on this machine's loopback alone", async function () {
    if (!(driver instanceof ContainerDriver)) return this.skip();
    const label = [`edgeproof.rig=${rig.name}`];
    const containers = await driver.docker.listContainers({ filters: { label } });
    const published = containers.flatMap(({ Ports }) => Ports.filter(({ PublicPort }) => PublicPort));
    expect(published.map(({ IP, PrivatePort }) => `${IP}:${PrivatePort}`)).to.deep.equal(["127.0.0.1:6443"]);
  });

  it("drops what the overlay's firewall has no rule for, though somebody listens", async () => {
    const node = rig.clusterNodes.find(({ role }) => role === "agent") ?? rig.entry;
    const target = { address: node.overlay ?? "", port: UNLISTED_PORT };
    const stop = new AbortController();
    const { ended } = await listenOn(node, target.address, target.port, stop.signal);
    try {
      expect(await tcpReach(node, [target]), "from the machine itself").to.deep.equal(["open"]);
      const others = rig.machines.filter((machine) => machine !== node);
      const reached = await Promise.all(others.map((from) => tcpReach(from, [target])));
      expect(reached.flat()).to.deep.equal(others.map(() => "silent"));
    } finally {
      stop.abort();
      await ended.catch(() => undefined);
    }
  });

  it("keeps keys and kubeconfigs for their owner alone, outside of the checkout", async () => {
    const folder = rigFolder(rig.name);
    expect(relative(projectFile(), folder)).to.match(/^\.\./);
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    const there = await Promise.all(rig.machines.map(machineSecrets));
    const files = [...(await folderSecrets(folder)), ...there.flat()];
    // Named, and not shown: a failed assertion is in the report.
    const wrong = files
      .filter(({ mode }) => mode !== 0o600)
      .map(({ where, mode }) => `${where} ${mode.toString(8)}`);
    expect(wrong).to.deep.equal([]);
    const names = files.map(({ where }) => where.replace(/.*\//, ""));
    expect(names).to.include.members(["ca.key", "kubeconfig", "host.key", "tester.key"]);
    if (rig.parts.engine.name === "kubernetes")
      expect(names).to.include.members(["apiserver.key", "service-account.key", "kubelet.kubeconfig"]);
  });

  it("shows no secret in the arguments or the environment of any process", async () => {
    const { secrets, unread } = await rigSecrets(rigFolder(rig.name), rig.machines);
    expect(unread).to.deep.equal([]);
    for (const node of machines) {
      const { stdout } = await node.exec(["sh", "-c", ARGUMENTS]);
      expect(stdout.includes("agent.mjs"), node.name).to.equal(true);
      expect(secretsInText(stdout, secrets), node.name).to.deep.equal([]);
    }
    expect(knownSecretsInText(ownArguments(), secrets)).to.deep.equal([]);
  });
});
