import { figureLine } from "../../../chaos/bench/figure.ts";
import { usageError } from "../../errors.ts";
import { ExitCode } from "../../exit-codes.ts";
import { onInterrupt } from "../interrupt.ts";
import { Progress } from "../progress.ts";
import { benchJudging } from "../bench-judge/bench-judging.ts";
import { benchFunctions } from "./bench-functions.ts";
import { benchRig } from "./bench-rig.ts";
import { benchWanEngine } from "./bench-wan.ts";

const PARTS = ["rig", "wan", "functions", "judge"];
/** Comparing takes minutes of computing: only when it is asked for. */
const BY_DEFAULT = ["rig", "wan", "functions"];

/** Measures the parts named, by default all but judging. The WAN's figures are no test: only the limits of the others decide. */
export async function bench(named: readonly string[], json: boolean): Promise<ExitCode> {
  const unknown = named.find((part) => !PARTS.includes(part));
  if (unknown !== undefined)
    throw usageError("BENCH_UNKNOWN", `there is no benchmark \`${unknown}\``, { expected: PARTS.join(", ") });
  const asked = (part: string): boolean => (named.length === 0 ? BY_DEFAULT : named).includes(part);
  const progress = new Progress(false);
  const signal = onInterrupt(progress.say);
  const rig = asked("rig") ? await benchRig(progress, signal) : undefined;
  const wan = asked("wan") ? await benchWanEngine(progress, signal) : undefined;
  const functions = asked("functions") ? await benchFunctions(progress, signal) : undefined;
  const judging = asked("judge") ? await benchJudging(progress.say) : undefined;
  if (json) {
    const all = {
      ...rig,
      ...(wan ? { wan } : {}),
      ...(functions ? { functions } : {}),
      ...(judging ? { judge: judging } : {}),
    };
    process.stdout.write(`${JSON.stringify(all, undefined, 2)}\n`);
  } else {
    for (const [name, value] of Object.entries(rig?.figures ?? {})) {
      const limit = rig?.limits[name];
      const against = limit === undefined ? "" : `  (limit ${limit})`;
      process.stdout.write(`${name.padEnd(22)} ${value.toFixed(2)}${against}\n`);
    }
    for (const figure of [...(wan?.figures ?? []), ...(functions ?? []), ...(judging ?? [])])
      process.stdout.write(`${figureLine(figure)}\n`);
    for (const reason of wan?.skipped ?? []) process.stdout.write(`skipped      ${reason}\n`);
  }
  const missed =
    rig?.met === false || [...(functions ?? []), ...(judging ?? [])].some(({ met }) => met === false);
  return missed ? ExitCode.missed : ExitCode.met;
}
