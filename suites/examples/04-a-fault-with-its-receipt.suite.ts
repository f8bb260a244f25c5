import { ConfigError, expect, fault, judgesPhase, load, type Receipt, session } from "edgeproof";

describe("04: a fault, and the evidence that it held", () => {
  const run = session.current();
  const slow = fault.linkDelay({ target: { from: "cloud-1", to: "pi4-1", bothWays: true }, delay: "30ms" });
  let receipts: Receipt[];

  before("load a function while a link is slow", async () => {
    await run.deploy("hello-world");
    const requests = load.open({ fn: "hello-world", ratePerSecond: 20, durationMs: 10_000 });
    const slowLink = { name: "slow-link", kind: "fault", faults: [slow] } as const;
    ({ receipts } = await run.phase(slowLink, async (phase) => {
      await phase.load(requests);
    }));
  });

  it("measured the round trips of the link before, during and after", () => {
    const [receipt] = receipts;
    expect(receipt?.held, receipt?.reasons.join("; ")).to.equal(true);
    const roundTrips = receipt?.during.find(({ quantity }) => quantity === "rtt-ms");
    expect(roundTrips?.measured).to.be.closeTo(60, 10);
  });

  it("refuses what cannot be had here before anything is touched", async () => {
    const nowhere = fault.nodePause({ target: "pi9-1" });
    const error = await run.fault(nowhere, "never").catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(ConfigError);
    // It says where it was written, too.
    expect((error as ConfigError).format()).to.contain("04-a-fault-with-its-receipt.suite.ts:");
  });

  // And once more as a test, with the receipt attached to the report.
  judgesPhase("slow-link");
});
