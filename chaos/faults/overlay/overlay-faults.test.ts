import { expect } from "chai";

import { EdgeproofError } from "../../../harness/errors.ts";
import type { ExecResult, NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Guard } from "../../journal/change.ts";
import type { FaultContext, FaultTarget } from "../definition.ts";
import type { Fault } from "../fault.ts";
import type { FaultRig } from "../fault-rig.ts";
import { overlayFaults } from "./index.ts";

/** A machine on which all is well, whatever is done to it: every back end is switched off. */
const machine = (name: string, role: NodeHandle["role"], host: number): NodeHandle => {
  const shown = [{ ifname: "eth0", addr_info: [{ local: `198.18.${host}.10`, prefixlen: 24 }] }];
  const answer = (argv: readonly string[]): Partial<ExecResult> => {
    const line = argv.join(" ");
    if (line.startsWith("pgrep")) return { stdout: "42\n" };
    if (line.startsWith("cat /proc/42")) return { stdout: `42 (nebula) ${"0 ".repeat(30)}` };
    if (line.includes("address show")) return { stdout: JSON.stringify(shown) };
    if (line.includes("route show"))
      return { stdout: JSON.stringify([{ dev: "eth0", gateway: `198.18.${host}.2` }]) };
    if (line.startsWith("fping") && line.endsWith(".11")) return { exitCode: 1 };
    return { stdout: line.startsWith("stat") ? "0" : "" };
  };
  return {
    ...{ name, role, site: "", deviceClass: "", underlay: `198.18.${host}.10`, overlay: `198.19.0.${host}` },
    exec: (argv: readonly string[]) =>
      Promise.resolve({ exitCode: 0, stdout: "", stderr: "", ...answer(argv) }),
    readFile: () => Promise.resolve(Buffer.from("relay: { am_relay: true }")),
  } as unknown as NodeHandle;
};

const cloud = machine("cloud-1", "server", 1);
const pi = machine("pi4-1", "agent", 2);
const tester = machine("tester", "tester", 3);
const lighthouse = machine("lighthouse-1", "lighthouse", 4);
const rig = {
  ...{ name: "r", driver: "container", nodes: [cloud, pi], machines: [cloud, pi, tester, lighthouse] },
  ...{ server: cloud, tester, lighthouses: [lighthouse], paths: { bin: "/bin", runtime: "/run" } },
} as unknown as FaultRig;
const off: Guard = { apply: () => Promise.resolve(), revert: () => Promise.resolve() };

const build = async (
  name: string,
  params: object,
  on: NodeHandle | "rig",
  use: FaultRig = rig,
): Promise<Fault> => {
  const definition = overlayFaults.find((one) => one.name === name)!;
  const target: FaultTarget = on === "rig" ? { kind: "rig" } : { kind: "nodes", nodes: [on] };
  const context = { ...{ name, phase: "fault", rig: use, guard: off, seed: 1 }, unprobed: [] };
  return definition.build(definition.parameters.parse(params), target, context as unknown as FaultContext);
};
const receiptOf = async (fault: Fault) => {
  await fault.inject();
  await fault.heal();
  return fault.verify();
};
const refusal = async (built: Promise<Fault>): Promise<string> => {
  try {
    await built;
  } catch (error) {
    if (error instanceof EdgeproofError) return error.code;
    throw error;
  }
  return "not refused";
};

describe("faults of the overlay", function () {
  this.timeout(30_000);

  for (const [name, on] of [
    ["lighthouse-down", "rig"],
    ["relay-lost", "rig"],
    ["underlay-address-changed", pi],
    ["nebula-restarted", pi],
  ] as const)
    it(`has no receipt that holds for ${name} where its back end does nothing`, async () => {
      const { held, before, after } = await receiptOf(await build(name, {}, on));
      expect(held).to.equal(false);
      expect([...before, ...after].filter((check) => !check.held)).to.deep.equal([]);
    });

  it("leaves the baseline and holds where the magnitude is 0", async () => {
    for (const [name, params] of [
      ["nebula-restarted", { times: 0 }],
      ["underlay-address-changed", { shift: 0 }],
    ] as const) {
      const fault = await build(name, params, pi);
      expect(fault.plan?.()).to.deep.equal([]);
      expect((await receiptOf(fault)).reasons).to.deep.equal([]);
    }
  });

  it("refuses before anything is touched what would break more than was asked, or cannot be", async () => {
    const shared = { ...rig, lighthouses: [cloud] } as FaultRig;
    expect(await refusal(build("lighthouse-down", {}, "rig", shared))).to.equal("lighthouse-shared");
    expect(await refusal(build("underlay-address-changed", {}, cloud))).to.equal("fault-target");
    const real = { ...rig, driver: "ssh" } as FaultRig;
    expect(await refusal(build("underlay-address-changed", {}, pi, real))).to.equal("fault-driver");
    expect(await refusal(build("certificate-expired", { validity: "5s" }, pi))).to.equal("fault-magnitude");
    expect(await refusal(build("handshake-blocked", {}, tester))).to.equal("fault-unprovable");
    expect(await refusal(build("certificate-blocklisted", {}, "rig"))).to.equal("fault-target");
  });

  it("says for every change what it does and on which machine", async () => {
    for (const { name, target } of overlayFaults) {
      const plan = (await build(name, {}, target === "rig" ? "rig" : pi)).plan?.() ?? [];
      expect(plan, name).not.to.deep.equal([]);
      for (const line of plan) expect(line, name).to.match(/^[a-z0-9-]+(, [a-z0-9-]+)*: ./);
    }
  });
});
