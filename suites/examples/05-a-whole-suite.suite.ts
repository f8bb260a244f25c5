import { fault, judgesPhase, load, session } from "edgeproof";

const FN = "hello-world";
const SITE = "edge-b";

describe("05: what does a site that is cut off do to users, and is it over when the line is back", () => {
  const run = session.current();
  const steady = load.open({ fn: FN, ratePerSecond: 20, durationMs: 10_000, timeoutMs: 2_000 });

  before("deploy a function", async () => {
    await run.deploy(FN);
    await run.phase({ name: "before-the-cut", kind: "steady" }, async (phase) => {
      await phase.load(steady);
    });
  });

  judgesPhase("before-the-cut", { receipts: false });

  describe("while it is cut off", () => {
    before("cut it off in the middle of the load, for 4 s", async () => {
      await run.phase({ name: "cut-off", kind: "fault" }, async (phase) => {
        const offered = phase.load(steady);
        // Looked at below; what goes wrong before must not go unheard.
        offered.catch(() => undefined);
        const cut = await phase.inject(
          fault.linkPartition({ target: { from: { site: SITE }, bothWays: true } }),
        );
        run.say(`  ${cut.describe()}`);
        await new Promise((resolve) => setTimeout(resolve, 4_000));
        await phase.heal(cut);
        const { samples } = await offered;
        const late = samples.filter(({ outcome }) => outcome !== "completed");
        run.observe({
          ...{ phase: phase.name, observable: "lost-requests", subject: SITE, deviceClass: "" },
          ...{ unit: "share", value: late.length / samples.length },
          detail: `${late.length} of ${samples.length} requests`,
        });
      });
    });

    judgesPhase("cut-off");
  });

  describe("when the line is back", () => {
    before("wait until it answers, and load it again", async function () {
      this.timeout(120_000);
      await run.settle(FN, run.rig.clusterNodes.length, 60_000);
      await run.untilAnswering(FN, 60_000);
      await run.phase({ name: "line-is-back", kind: "healed" }, async (phase) => {
        await phase.load(steady);
      });
    });

    judgesPhase("line-is-back", { receipts: false });
  });
});
