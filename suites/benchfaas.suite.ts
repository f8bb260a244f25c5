import { expect, judgesPhase } from "edgeproof";

import type { FittedCell } from "../harness/matrix/fit.ts";
import { MatrixProgress } from "../harness/matrix/matrix-progress.ts";
import type { FunctionName } from "../harness/rig/functions/function-images.ts";
import { fitMatrix } from "../harness/session/fit-matrix.ts";
import { runCell } from "../harness/session/run-cell.ts";
import { currentSession } from "../harness/session/session.ts";

const session = currentSession();
const { cells, all, finished, fit } = session.matrix;
const toRun = cells.filter(({ phase }) => !finished.has(phase));

describe("What do BenchFaaS's five tests measure", () => {
  const progress = new MatrixProgress(cells, finished);
  let fitted: ReadonlyMap<string, FittedCell> = new Map();

  before("deploy the functions", async function () {
    this.timeout(300_000);
    const { functions, clusterNodes } = session.rig;
    const deploy = async (fn: FunctionName): Promise<void> => {
      await session.deploy(fn);
      // An earlier suite on this rig may have left more of them, which are still ending.
      await functions.settle(fn, clusterNodes.length, 60_000);
    };
    await Promise.all([...new Set(toRun.map(({ work }) => work.fn))].map(deploy));
    if (fit && toRun.length > 0) fitted = await fitMatrix(session, toRun, all);
  });

  for (const cell of cells)
    describe(cell.phase, () => {
      const { phase } = cell;

      before("load it by a closed and by an open model", async function () {
        // Each of its loads has a time limit of its own.
        this.timeout(0);
        if (finished.has(phase)) return;
        session.say(progress.line(cell));
        const began = performance.now();
        await runCell(session, fitted.get(phase) ?? cell);
        progress.done(cell, performance.now() - began);
      });

      it("has the load of both models", () => {
        const { events } = session.recorded(phase);
        const models = events.flatMap((event) =>
          event.type === "load" && event.account.phase === phase ? [event.account.model] : [],
        );
        expect(models).to.deep.equal(["closed", "open"]);
      });

      judgesPhase(phase, { required: false });
    });
});
