import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rigError } from "../../harness/errors.ts";
import type { NetnsNode } from "../netns/netns-node.ts";
import type { NetnsRig } from "../netns/netns-rig.ts";
import type { Way } from "./measure.ts";

/** Where other emulators' programs are; undefined with the reason where they cannot be had. */
export interface OtherPrograms {
  toxiproxy: string | { missing: string };
  wirefilter: string | { missing: string };
}

const TAP = { device: "epwt0", from: "198.18.250.1", to: "198.18.250.2" };
const PATIENCE_MS = 10_000;

async function until(ready: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await ready())) {
    if (performance.now() > deadline) throw rigError("bench-other", `${what} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs programs for as long as `use` takes. Their standard input stays open: vde's programs end with it. */
async function beside<T>(use: (start: (node: NetnsNode, argv: string[]) => void) => Promise<T>): Promise<T> {
  const running: ChildProcess[] = [];
  try {
    return await use((node, argv) => {
      const program = ["netns", "exec", node.namespace, ...argv];
      running.push(spawn("ip", program, { stdio: ["pipe", "ignore", "ignore"] }));
    });
  } finally {
    await Promise.all(running.map(end));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** Debian's vde2: a switch with a TAP device in each machine and wirefilter between the switches. */
export async function throughWirefilter<T>(
  rig: NetnsRig,
  program: string,
  delayMs: number,
  use: (way: Way) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "epwt-vde-"));
  const [a, b] = [rig.node("a"), rig.node("b")];
  const sockets = { a: join(folder, "a"), b: join(folder, "b") };
  try {
    return await beside(async (start) => {
      for (const [node, socket] of [
        [a, sockets.a],
        [b, sockets.b],
      ] as const) {
        start(node, ["vde_switch", "-s", socket, "-t", TAP.device]);
        await until(() => existsSync(join(socket, "ctl")), "vde_switch");
        const address = node === a ? TAP.from : TAP.to;
        const link = ["ip", "link", "set", "dev", TAP.device, "txqueuelen", "10000", "up"];
        await until(
          async () => (await node.exec(link, { allowFailure: true })).exitCode === 0,
          "the TAP device",
        );
        await node.exec(["ip", "addr", "add", `${address}/24`, "dev", TAP.device]);
      }
      const plugs = `${sockets.a}:${sockets.b}`;
      start(a, [program, "-v", plugs, "-d", String(delayMs)]);
      const ping = ["ping", "-n", "-c", "1", "-W", "1", TAP.to];
      await until(async () => (await a.exec(ping, { allowFailure: true })).exitCode === 0, "wirefilter");
      return use({ from: a, to: b, address: TAP.to });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const API = 8474;
const LISTEN = 9997;

/** toxiproxy in the sender's namespace, with a latency toxic each way. */
export async function throughToxiproxy<T>(
  rig: NetnsRig,
  program: string,
  delayMs: number,
  use: (way: Way) => Promise<T>,
): Promise<T> {
  const [a, b] = [rig.node("a"), rig.node("b")];
  const post = (path: string, body: object): Promise<{ exitCode: number }> => {
    const request = `fetch("http://127.0.0.1:${API}${path}",{method:"POST",body:process.argv[1]})
      .then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`;
    return a.exec([process.execPath, "-e", request, JSON.stringify(body)], { allowFailure: true });
  };
  return beside(async (start) => {
    start(a, [program, "-host", "127.0.0.1", "-port", String(API)]);
    const proxy = {
      name: "bench",
      listen: `127.0.0.1:${LISTEN}`,
      upstream: `${b.underlay}:9998`,
      enabled: true,
    };
    await until(async () => (await post("/proxies", proxy)).exitCode === 0, "toxiproxy");
    for (const stream of ["upstream", "downstream"]) {
      const attributes = { latency: delayMs, jitter: 0 };
      await post("/proxies/bench/toxics", { name: stream, type: "latency", stream, attributes });
    }
    return use({ from: a, to: b, address: "127.0.0.1", port: LISTEN });
  });
}
