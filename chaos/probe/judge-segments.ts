import type { LinkParams } from "../../harness/config/model.ts";
import type { ReceiptCheck } from "../../harness/record/model.ts";
import { checkSeries, cutOff, type Expectation, type Expected, type ProbeSample } from "./link-checks.ts";
import { describeSegment, type Segment, type Segments } from "./link-segments.ts";

export interface JudgeOptions {
  /** `a <-> b` or `a -> b`. */
  subject: string;
  quantity: "rtt-ms" | "latency-ms";
  /** What a probe should show under these parameters, one for each direction that it passes. */
  expect: (params: LinkParams[]) => Expectation;
  /** Fewer probes than this, of all segments together, prove nothing. */
  minimum: number;
}

export interface SeriesJudgement {
  checks: ReceiptCheck[];
  /** Whether what was measured differs from what there would be without the layer. */
  told: boolean;
  /** Whether the layer makes a difference to begin with. */
  differs: boolean;
}

/** A segment of its own: fewer probes are pooled with those of other short ones. */
const MIN_SEGMENT = 30;

interface Unit {
  label: string;
  probes: { sample: ProbeSample; params: LinkParams[]; without: LinkParams[] }[];
}

/** How many units `judgeSegments` will judge: for the correction of the levels. */
export const countUnits = ({ segments }: Segments<ProbeSample>): number => segments.length + 2;

/** Judges every segment that is long enough by itself, and the short ones together. */
export function judgeSegments(
  { segments, left }: Segments<ProbeSample>,
  { subject, quantity, expect: expectation, minimum }: JudgeOptions,
  alpha: number,
): SeriesJudgement {
  const known = new Map<LinkParams[], Expectation>();
  const expect = (params: LinkParams[]): Expectation => {
    const found = known.get(params) ?? expectation(params);
    known.set(params, found);
    return found;
  };
  const { units, short } = unitsOf(segments, expect);
  const judged = units.reduce((total, { probes }) => total + probes.length, 0);
  const expected = (unit: Unit, which: "params" | "without"): Expected[] =>
    unit.probes.map((probe) => ({ sample: probe.sample, expected: expect(probe[which]) }));
  const notes = [
    ...(short > 0 ? [`${short} probes of short states left out`] : []),
    ...(left > 0 && units.length + segments.length > 2 ? [`${left} probes near changes left out`] : []),
  ];
  const checks = (units.length > 0 ? units : [{ label: "", probes: [] }]).flatMap((unit, index) => {
    const several = units.length > 1 || segments.length > 1;
    const parts = [...(several && unit.label ? [unit.label] : []), ...(index === 0 ? notes : [])];
    const name = parts.length > 0 ? `${subject} (${parts.join("; ")})` : subject;
    const enough = judged >= minimum;
    return checkSeries(name, quantity, expected(unit, "params"), alpha).map((check) => ({
      ...check,
      held: check.held && enough,
    }));
  });
  const changed = units.filter(({ probes }) => probes.some(differ));
  const told = changed.some((unit) =>
    checkSeries(subject, quantity, expected(unit, "without"), alpha).some(({ held }) => !held),
  );
  return { checks, told, differs: segments.some(differ) };
}

const differ = ({ params, without }: { params: LinkParams[]; without: LinkParams[] }): boolean =>
  JSON.stringify(params) !== JSON.stringify(without);

function unitsOf(
  segments: readonly Segment<ProbeSample>[],
  expect: (params: LinkParams[]) => Expectation,
): { units: Unit[]; short: number } {
  const unit = (label: string, list: readonly Segment<ProbeSample>[]): Unit => ({
    label,
    probes: list.flatMap(({ params, without, probes }) =>
      probes.map((sample) => ({ sample, params, without })),
    ),
  });
  const long = segments.filter(({ probes }) => probes.length >= MIN_SEGMENT);
  const rest = segments.filter(({ probes }) => probes.length < MIN_SEGMENT && probes.length > 0);
  const pools = [false, true].map((cut) => rest.filter(({ params }) => cutOff(expect(params)) === cut));
  const pooled = pools.map((list) => unit(`${list.length} short states together`, list));
  // A pool that is all there is stays, however small: its checks say how little was measured.
  const large = pooled.filter(
    ({ probes }) => probes.length >= MIN_SEGMENT || (long.length === 0 && probes.length > 0),
  );
  const units = [...long.map((segment) => unit(describeSegment(segment), [segment])), ...large];
  const all = segments.reduce((total, { probes }) => total + probes.length, 0);
  return { units, short: all - units.reduce((total, { probes }) => total + probes.length, 0) };
}
