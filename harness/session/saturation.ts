import { formatDuration, formatShare } from "../judge/format.ts";
import { OrderedUnion } from "../judge/ordered.ts";
import { quantile, sorted } from "../judge/quantile.ts";
import { saturation as hostSaturation } from "../judge/saturation.ts";
import type { LoadAccount, Sample } from "../record/model.ts";
import { boundsOf, type LoadStep, nextRate, type SaturationSearch } from "./saturation-search.ts";
import type { Session } from "./session.ts";

export interface SaturationSpec extends SaturationSearch {
  /** The phase as a whole; each load is one of its own, named after its rate. */
  phase: string;
  fn: string;
  path?: string;
  stepMs: number;
  /** A request that takes longer is given up. */
  timeoutMs: number;
  /** Share of the offered requests that have to complete. */
  goodput: number;
  /** 95 of 100 requests have to be answered within this many ms. */
  p95Ms: number;
}

interface Step extends LoadStep {
  detail: string;
}

const QUANTILE = 0.95;

/** A function keeps up with a load if enough of what was offered is answered, and soon enough. */
function judgeStep(
  { offered, completed, ratePerSecond }: LoadAccount,
  samples: readonly Sample[],
  { goodput, p95Ms }: SaturationSpec,
): Step {
  const durations = samples.flatMap((one) => (one.outcome === "completed" ? [one.durationMs] : []));
  const p95 = quantile(new OrderedUnion([sorted(durations)], samples.length - durations.length), QUANTILE);
  const share = offered === 0 ? 0 : completed / offered;
  return {
    ratePerSecond,
    sustained: share >= goodput && p95 <= p95Ms,
    detail: `${formatShare(share)} of ${offered} completed, p95 ${formatDuration(p95)}`,
  };
}

/**
 * Finds the highest rate that a function keeps up with, by loads of their own, and records it as the observation
 * `saturation` in requests a second. Where the host itself was busy, it says so: the function alone may bear more.
 */
export async function measureSaturation(session: Session, spec: SaturationSpec): Promise<void> {
  const { phase, fn, path, stepMs, timeoutMs } = spec;
  const steps: Step[] = [];
  const busy = new Set<string>();
  for (let rate = nextRate(steps, spec); rate !== undefined; rate = nextRate(steps, spec)) {
    const name = `${phase}-${rate}`;
    const load = { phase: name, fn, ratePerSecond: rate, durationMs: stepMs, timeoutMs };
    await session.phase({ name, kind: "steady", profile: "lcl" }, async () => {
      const { samples, account } = await session.loaded(path === undefined ? load : { ...load, path });
      steps.push(judgeStep(account, samples, spec));
    });
    const pressure = session
      .recorded(name)
      .events.flatMap((event) =>
        event.type === "pressure" && event.pressure.phase === name ? [event.pressure] : [],
      );
    if (pressure.map(hostSaturation).some((reason) => reason !== undefined)) busy.add(name);
    const { sustained, detail } = steps.at(-1)!;
    session.say(`  ${rate}/s: ${sustained ? "sustained" : "too much"} (${detail})`);
  }
  const { sustained, tooMuch } = boundsOf(steps);
  const of = (wanted: number | undefined): string | undefined => {
    const step = steps.find(({ ratePerSecond }) => ratePerSecond === wanted);
    return step && `${step.ratePerSecond}/s: ${step.detail}`;
  };
  const limited =
    tooMuch !== undefined && busy.has(`${phase}-${tooMuch}`)
      ? "the host was busy there, so this is what the host gives, not the function's own limit"
      : undefined;
  const detail = [
    of(sustained),
    tooMuch === undefined ? "no higher rate was tried" : of(tooMuch),
    limited,
  ].filter((text) => text !== undefined);
  session.recorder.event({
    type: "observation",
    at: Date.now(),
    observation: {
      ...{ phase, observable: "saturation", subject: fn, deviceClass: "", unit: "count" },
      value: sustained ?? 0,
      detail: detail.join("; "),
    },
  });
}
