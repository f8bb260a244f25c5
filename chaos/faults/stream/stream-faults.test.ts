import { expect } from "chai";

import { EdgeproofError } from "../../../harness/errors.ts";
import { ExitCode } from "../../../harness/exit-codes.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { FaultContext, FaultTarget } from "../definition.ts";
import type { FaultRig } from "../fault-rig.ts";
import { streamFaults } from "./index.ts";

const node = (name: string): NodeHandle => ({ name, overlay: `198.19.0.${name.length}` }) as NodeHandle;
const rig = {
  ...{ name: "r", tester: node("tester"), server: node("cloud-1") },
  paths: { bin: "/bin", runtime: "/runtime" },
} as FaultRig;
const context = {
  ...{ name: "f", phase: "p", rig },
  functionUrl: () => "http://198.19.0.7:31234/",
} as unknown as FaultContext;
const target = (point: "gateway" | "api"): FaultTarget => ({
  ...{ kind: "stream", point, node: node("pi4-1"), service: "hello-world" },
});

const build = async (name: string, raw: object, to = target("gateway")) => {
  const definition = streamFaults.find((one) => one.name === name)!;
  return definition.build(definition.parameters.parse(raw), to, context);
};
const refusal = async (name: string, raw: object): Promise<EdgeproofError> => {
  const error = await build(name, raw).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error, `${name} ${JSON.stringify(raw)} was not refused`).to.be.instanceOf(EdgeproofError);
  expect((error as EdgeproofError).exitCode).to.equal(ExitCode.usage);
  return error as EdgeproofError;
};

describe("stream faults", () => {
  it("plan every change: what is forgotten at the end, the process, the proxy with its toxics, then the way into it", async () => {
    const fault = await build("stream-latency", { latency: "50ms", direction: "both" });
    const [forget, start, proxy, table, ...more] = fault.plan?.() ?? [];
    expect(forget).to.contain("conntrack -D").and.to.contain("198.19.0.7:31234");
    expect(start).to.match(/^tester: start edgeproof-stream-\d+: setpriv .*toxiproxy-server/);
    expect(proxy).to.contain("-> 198.19.0.7:31234").and.to.contain("latency downstream");
    expect(proxy).to.contain("latency upstream").and.to.contain('"latency":50');
    expect(table).to.contain("nft -f -").and.to.contain("198.19.0.7:31234");
    expect(more).to.deep.equal([]);
  });

  it("take hold of a node's way to the API server on that node", async () => {
    const fault = await build("stream-down", {}, target("api"));
    expect(fault.affects).to.deep.equal(["pi4-1"]);
    expect(fault.plan?.().join("\n")).to.contain("198.19.0.7:6443").and.to.contain("disabled");
  });

  it("refuse what toxiproxy cannot give", async () => {
    for (const [name, raw] of [
      ["stream-latency", { latency: "2.5ms" }],
      ["stream-jitter", { latency: "10ms", jitter: "20ms" }],
      ["stream-bandwidth", { rate: "0bit" }],
      ["stream-bandwidth", { rate: "12kbit" }],
      ["stream-timeout", { closeAfter: "0ms" }],
      ["stream-slicer", { size: "100KiB", pause: "1ms" }],
      ["stream-slicer", { size: "100B", variation: "100B", pause: "1ms" }],
      ["stream-limit-data", { bytes: "1GiB" }],
    ] as const)
      await refusal(name, raw);
  });

  it("refuse loss, and name the fault that has it", async () => {
    expect((await refusal("stream-loss", { loss: "1%" })).fix).to.contain("link-loss");
  });

  it("know no parameter that is not theirs", () => {
    for (const { name, parameters } of streamFaults)
      expect(parameters.safeParse({ loss: "1%", surprise: 1 }).success, name).to.equal(false);
  });
});
