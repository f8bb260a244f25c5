import { describeReceived, describeScope, failsRun, type Judgement } from "../harness/judge/judgement.ts";
import { groupBy } from "../harness/record/group-by.ts";
import type { RecordedRun } from "../harness/record/model.ts";
import { escapeXml } from "./xml.ts";

const attributes = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join("");

const messageOf = (judgement: Judgement): string => {
  const { verdict, expected, n, reason } = judgement;
  return `${verdict}: expected ${expected}, received ${describeReceived(judgement)} (n=${n})${reason && `; ${reason}`}`;
};

/** JUnit knows no third way: what could not be judged is an error, so that no dashboard takes it for a pass.
 * A miss that was expected is a skipped test. */
const outcomeOf = (judgement: Judgement): string => {
  if (judgement.verdict === "met") return "";
  if (!failsRun(judgement)) return `<skipped${attributes({ message: messageOf(judgement) })}/>`;
  const tag = judgement.verdict === "missed" ? "failure" : "error";
  return `<${tag}${attributes({ type: judgement.verdict, message: messageOf(judgement) })}/>`;
};

const suite = (phase: string, judgements: readonly Judgement[], run: RecordedRun): string => {
  const count = (...verdicts: string[]): number =>
    judgements.filter((one) => failsRun(one) && verdicts.includes(one.verdict)).length;
  const known = judgements.filter((one) => one.verdict !== "met" && !failsRun(one)).length;
  const head = attributes({
    name: phase || "run",
    tests: judgements.length,
    failures: count("missed"),
    errors: count("inconclusive", "broken"),
    skipped: known,
    timestamp: new Date(run.header.startedAt).toISOString(),
  });
  const cases = judgements.map((judgement) => {
    const scope = describeScope(judgement.scope);
    const name = scope ? `${judgement.objective} [${scope}]` : judgement.objective;
    const id = attributes({ classname: `${run.header.suite}.${phase || "run"}`, name });
    return `    <testcase${id}>${outcomeOf(judgement)}</testcase>`;
  });
  return `  <testsuite${head}>\n${cases.join("\n")}\n  </testsuite>`;
};

/** JUnit XML: one suite a phase, one case a judgement. */
export const junitXml = (run: RecordedRun, judgements: readonly Judgement[]): string => {
  const suites = [...groupBy(judgements, ({ scope }) => scope.phase)].map(([phase, own]) =>
    suite(phase, own, run),
  );
  const name = attributes({ name: `edgeproof ${run.header.suite}` });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${name}>\n${suites.join("\n")}\n</testsuites>\n`;
};
