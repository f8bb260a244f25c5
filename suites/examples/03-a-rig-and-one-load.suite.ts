import { expect, judgesPhase, load, session } from "edgeproof";

describe("03: a load on a rig", () => {
  // `edgeproof run` has brought the rig up; the run is recorded as it goes.
  const run = session.current();

  before("load a function", async () => {
    await run.deploy("hello-world");
    await run.phase({ name: "one-load", kind: "baseline" }, async (phase) => {
      const requests = load.open({ fn: "hello-world", ratePerSecond: 40, durationMs: 10_000 });
      const { samples, account } = await phase.load(requests);
      expect(account.planned).to.equal(400);
      expect(samples).to.have.length(account.offered - account.dropped);
    });
  });

  it("was served by every node", () => {
    const nodes = new Set(run.recorded("one-load").samples.map(({ node }) => node));
    expect([...nodes]).to.include.members(run.rig.clusterNodes.map(({ name }) => name));
  });

  // One test for each objective that is about the phase.
  judgesPhase("one-load", { receipts: false });
});
