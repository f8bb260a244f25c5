import { expect, use } from "chai";

import { chaiSlo } from "../../harness/judge/chai-slo.ts";
import { judge } from "../../harness/judge/judge.ts";
import { failsRun, overallVerdict } from "../../harness/judge/judgement.ts";
import { isAboutPhase } from "../../harness/judge/objective.ts";
import { currentSession } from "../../harness/session/session.ts";
import { attachJudgements, attachment, attachPlots, parameter } from "../../reports/allure.ts";

use(chaiSlo);

/** One test for each objective of a phase, and one that the phase's faults really held. */
export function judgesPhase(
  phase: string,
  { required = true, receipts: withReceipts = true }: { required?: boolean; receipts?: boolean } = {},
): void {
  const session = currentSession();
  const objectives = session.objectives
    .filter(({ scope }) => scope.phase !== undefined && isAboutPhase(scope.phase, phase))
    // One that is about several phases is asked of each by itself.
    .map((objective) => ({ ...objective, scope: { ...objective.scope, phase } }));
  if (required && objectives.length === 0) throw new Error(`no objective is about phase ${phase}`);

  for (const objective of objectives)
    it(objective.name, async function () {
      const run = session.recorded(phase);
      const { profile = "", faults = [] } = phaseOf(phase) ?? {};
      await parameter("phase", phase);
      await parameter("network profile", profile);
      await parameter("faults", faults.join(", ") || "none");
      await parameter(
        "device class",
        "deviceClass" in objective.scope ? (objective.scope.deviceClass ?? "all") : "all",
      );
      const judgements = judge(run, [objective]);
      await attachJudgements(judgements);
      await attachPlots(run, phase);
      // A test of edgeproof itself asks whether the rig works; what a noisy host keeps open is skipped and counted.
      if (session.skipInconclusive && overallVerdict(judgements) === "inconclusive") this.skip();
      expect(run).to.meet(objective);
      // Passed, and not met: a failure that is known.
      if (judgements.some((one) => one.verdict !== "met" && !failsRun(one))) this.skip();
    });

  if (!withReceipts) return;
  it("every fault of the phase held for its whole window, by its receipt", async function () {
    const faults = phaseOf(phase)?.faults;
    expect(faults, `phase ${phase} was not recorded`).to.be.an("array");
    if (faults?.length === 0) this.skip();
    const receipts = session
      .recorded(phase)
      .events.flatMap((event) =>
        event.type === "receipt" && event.receipt.phase === phase ? [event.receipt] : [],
      );
    await attachment("receipts", JSON.stringify(receipts, undefined, 2), "application/json");
    expect(receipts.map(({ fault }) => fault)).to.have.members(faults ?? []);
    for (const { fault, held, reasons } of receipts)
      expect(held, `${fault}: ${reasons.join("; ")}`).to.equal(true);
  });
}

function phaseOf(name: string) {
  const { events } = currentSession().recorded(name);
  return events.flatMap((event) =>
    event.type === "phase" && event.phase.name === name ? [event.phase] : [],
  )[0];
}
