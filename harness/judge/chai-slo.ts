import { AssertionError } from "chai";
import { EdgeproofError } from "../errors.ts";
import type { Interval, RecordedRun, Verdict } from "../record/model.ts";
import {
  describeScope,
  describeReceived,
  failsRun,
  overallVerdict,
  verdictExitCode,
  type Judgement,
} from "./judgement.ts";
import { judge } from "./judge.ts";
import type { Objective } from "./objective.ts";

/** What a failed `expect(run).to.meet(objective)` carries, beside its one-line message. */
export interface SloFailure {
  /** Name of the objective. */
  objective: string;
  /** The worst of its verdicts. */
  verdict: Verdict;
  /** Such as `p95 <= 150 ms`. */
  expected: string;
  /** What was measured, with its interval. */
  received: string;
  /** The same as numbers; undefined for a single observation. */
  interval: Interval | undefined;
  /** Samples behind it. */
  n: number;
  /** All judgements of the objective, the met ones too. */
  judgements: Judgement[];
}

declare global {
  // Chai's types are extended through its global namespace; there is no other door.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Chai {
    interface Assertion {
      /**
       * Judges a recorded run. A missed objective throws chai's AssertionError (Allure: failed), an inconclusive or
       * broken one an EdgeproofError (Allure: broken), because it says nothing about the system under test. With
       * `.not` it passes only when the objective was missed.
       */
      meet(objective: Objective): Assertion;
    }
  }
}

const line = (judgement: Judgement): string => {
  const { objective, verdict, expected, n, reason } = judgement;
  const where = describeScope(judgement.scope);
  const got = `${describeReceived(judgement)} (n=${n})`;
  return `${verdict}: ${objective}${where && ` [${where}]`}: expected ${expected}, received ${got}${reason && `; ${reason}`}`;
};

const failureOf = (judgement: Judgement, judgements: Judgement[]): SloFailure => ({
  objective: judgement.objective,
  verdict: judgement.verdict,
  expected: judgement.expected,
  received: describeReceived(judgement),
  interval: judgement.interval,
  n: judgement.n,
  judgements,
});

/** An objective that could not be judged: exit code 2 (inconclusive) or 3 (broken); `failure` has the data. */
export class NotJudgedError extends EdgeproofError {
  /** What could not be judged, with all judgements of the objective. */
  readonly failure: SloFailure;

  constructor(message: string, failure: SloFailure) {
    super("not-judged", verdictExitCode(failure.verdict), message);
    this.failure = failure;
  }
}

const fail = (message: string, failure: SloFailure): never => {
  if (failure.verdict === "missed" || failure.verdict === "met") {
    throw new AssertionError(message, { ...failure, actual: failure.received, showDiff: false });
  }
  throw new NotJudgedError(message, failure);
};

/** `chai.use(chaiSlo)` adds `expect(run).to.meet(objective)`. */
export const chaiSlo: Chai.ChaiPlugin = (chai, utils) => {
  chai.Assertion.addMethod("meet", function (this: Chai.AssertionStatic, objective: Objective) {
    const run = utils.flag(this, "object") as RecordedRun;
    const judgements = judge(run, [objective]);
    const verdict = overallVerdict(judgements);
    const worst =
      judgements.find((judgement) => judgement.verdict === verdict && failsRun(judgement)) ?? judgements[0]!;
    const wanted: Verdict = utils.flag(this, "negate") ? "missed" : "met";
    if (verdict === wanted) return;
    const more = judgements.filter((judgement) => failsRun(judgement) !== (wanted === "missed")).length - 1;
    const rest = more > 0 ? ` (and ${more} more)` : "";
    fail(`${line(worst)}${rest}`, failureOf(worst, judgements));
  });
};
