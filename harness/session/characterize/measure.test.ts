import { expect } from "chai";

import type { ExecOptions, ExecResult, NodeHandle } from "../../rig/node-handle.ts";
import { measureNetwork } from "./measure-network.ts";
import { NODE_FOLDER, NODE_PROGRAM } from "./node-program.ts";
import { serveEcho, transferBytes } from "./probe-bandwidth.ts";
import { largestPacket } from "./probe-pings.ts";
import { kernelArguments, runKernels } from "./run-kernels.ts";

type Answer = (argv: readonly string[], options: ExecOptions) => ExecResult | Promise<ExecResult>;

/** A machine whose programs print what was recorded. */
const machineOf = (name: string, digit: number, answer: Answer): NodeHandle =>
  ({
    ...{ name, role: "agent", site: name, deviceClass: "pi4" },
    ...{ underlay: `198.18.${digit}.10`, overlay: `10.42.0.${digit}` },
    exec: async (argv: readonly string[], options: ExecOptions = {}) => {
      const result = await answer(argv, options);
      for (const line of result.stdout.split("\n")) if (line) options.onLine?.(line);
      return result;
    },
  }) as unknown as NodeHandle;

const printed = (stdout: string, exitCode = 0): ExecResult => ({ exitCode, stdout, stderr: "" });

/** As fping 5.1 prints it for answers that took `rtt`, and where the kernel refused the size (exit 1, no line). */
const fping = (argv: readonly string[], mtu: number, rtt: number): ExecResult => {
  const size = Number(argv[argv.indexOf("-b") + 1] ?? 56) + 28;
  if (argv.includes("-M") && size > mtu) return printed("", 1);
  const count = Number(argv[argv.indexOf("-c") + 1]);
  return printed(
    Array.from(
      { length: count },
      (_, at) =>
        `[${(100 + at / 100).toFixed(5)}] ${argv.at(-1)} : [${at}], 64 bytes, ${rtt} ms (${rtt} avg, 0% loss)`,
    ).join("\n"),
  );
};

const untilAborted = ({ signal, onLine }: ExecOptions, port: number): Promise<ExecResult> => {
  onLine?.(`{"port":${port}}`);
  return new Promise((resolve) => signal?.addEventListener("abort", () => resolve(printed(""))));
};

/** Underlay 10 ms and 1500 bytes, overlay 12 ms and 1300; a transfer comes down at 100 Mbit/s, half on the overlay. */
const edge: Answer = (argv, options) => {
  const overlay = argv.some((one) => one.includes("10.42."));
  if (argv[0] === "fping") return fping(argv, overlay ? 1300 : 1500, overlay ? 12 : 10);
  if (argv[1] === "serve") return untilAborted(options, 4711);
  return printed(JSON.stringify({ upMs: 9, downMs: (Number(argv[3]) * 8) / (overlay ? 50e3 : 100e3) }));
};

const plan = { pings: 6, pingIntervalMs: 10, transfersMs: 0 };
const options = { plan, oneByOne: true, signal: new AbortController().signal, say: () => undefined };

describe("The network of a rig", () => {
  it("is measured for every ordered pair on both paths, so that the overlay's cost shows", async () => {
    const nodes = ["a", "b", "c"].map((name, index) => machineOf(name, index + 1, edge));
    const pairs = await measureNetwork(nodes, { ...options, plan: { ...plan, transfersMs: 1200 } });
    expect(pairs.map(({ from, to }) => from + to)).to.deep.equal(["ab", "ac", "ba", "bc", "ca", "cb"]);
    const { underlay, overlay, overlayCostMs } = pairs[0]!;
    expect([underlay.rttMs?.value, overlay.rttMs?.value, overlayCostMs?.value]).to.deep.equal([10, 12, 2]);
    expect([underlay.largestPacket, overlay.largestPacket]).to.deep.equal([1500, 1300]);
    expect([underlay.loss?.value, underlay.jitterMs?.value]).to.deep.equal([0, 0]);
    expect(underlay.bandwidthBps?.value).to.be.closeTo(100e6, 1);
    expect(overlay.bandwidthBps?.value).to.be.closeTo(50e6, 1);
  });

  it("notes what fails at its pair, and goes on with the others", async () => {
    const broken = machineOf("b", 2, (argv, given) =>
      argv[0] === "fping" ? { exitCode: 4, stdout: "", stderr: "no socket" } : edge(argv, given),
    );
    const pairs = await measureNetwork([machineOf("a", 1, edge), broken], options);
    const [there, back] = pairs;
    expect(there?.underlay.rttMs?.value).to.equal(10);
    expect(back?.underlay).to.not.have.property("rttMs");
    expect(back?.notes.join()).to.contain("underlay, pings: fping to a ended with 4: no socket");
    expect(back?.notes.join()).to.contain("underlay: no packet passed");
  });

  it("is none of one node", async () => {
    expect(await measureNetwork([machineOf("a", 1, edge)], options)).to.deep.equal([]);
  });

  it("has the largest packet that a path lets through, whatever was expected", async () => {
    const narrow = machineOf("a", 1, (argv) => fping(argv, 1111, 1));
    expect(await largestPacket(narrow, "198.18.2.10", 1500)).to.equal(1111);
    const silent = machineOf("a", 1, () => printed("", 1));
    expect(await largestPacket(silent, "198.18.2.10", 1500)).to.equal(undefined);
  });

  it("is given transfers that take about 80 ms, within bounds", () => {
    expect(transferBytes({ bytes: 65_536, ms: 8 })).to.equal(655_360);
    expect(transferBytes({ bytes: 65_536, ms: 8000 })).to.equal(65_536);
    expect(transferBytes({ bytes: 65_536, ms: 0 })).to.equal(16 * 1024 * 1024);
  });

  it("is not measured where the echo does not start, and the node is named", async () => {
    const dead = machineOf("b", 2, () => printed(""));
    const error = await serveEcho(dead, options.signal).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "characterize-echo", where: "node b" });
  });
});

describe("The kernels on nodes", () => {
  const kernels = { stretchMs: 100, stretches: 6, sustainedMs: 2600, fsyncMs: 300 };
  const series = (kernel: string, threads: number) => ({
    ...{ kernel, unit: "x", threads, stretchMs: 100, perSecond: [1, 2], checksum: "1" },
  });
  const report = JSON.stringify({
    schema: 1,
    machine: { architecture: "arm64", model: "", cores: 4, memoryMiB: 1, kernel: "6", go: "go1" },
    series: [series("integer", 1)],
    sustained: series("integer", 4),
    disk: { folder: NODE_FOLDER, latenciesMs: [1] },
    tookMs: 1,
  });

  it("are told their plan by arguments", () => {
    expect([NODE_PROGRAM, ...kernelArguments(kernels)].join(" ")).to.equal(
      `${NODE_FOLDER}/characterize measure -stretch 100ms -count 6 -sustained 2600ms -fsync 300ms -folder ${NODE_FOLDER}`,
    );
  });

  for (const [oneByOne, most] of [
    [true, 1],
    [false, 3],
  ] as const)
    it(`run ${oneByOne ? "one after the other on one host" : "at once on machines of their own"}`, async () => {
      let running = 0;
      let seen = 0;
      const nodes = ["a", "b", "c"].map((name, index) =>
        machineOf(name, index, async () => {
          seen = Math.max(seen, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
          return printed(report);
        }),
      );
      const measured = await runKernels(nodes, { ...options, plan: kernels, oneByOne });
      expect([measured.length, seen]).to.deep.equal([3, most]);
    });

  it("end with the interruption, and not with what was printed until then", async () => {
    const abort = new AbortController();
    const node = machineOf("a", 1, () => {
      abort.abort(new Error("interrupted"));
      return printed('{"sche');
    });
    const asked = { ...options, signal: abort.signal, plan: kernels };
    const error = await runKernels([node], asked).catch((thrown: unknown) => thrown);
    expect(error).to.have.property("message", "interrupted");
  });
});
