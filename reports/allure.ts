import * as commons from "allure-js-commons";
import { describeReceived, type Judgement } from "../harness/judge/judgement.ts";
import type { RecordedRun } from "../harness/record/model.ts";
import { phaseDrawings } from "./phase-drawings.ts";
import { standaloneSvg } from "./standalone-svg.ts";

/**
 * Whether mocha runs with Allure's reporter. Without it each call of allure-js-commons prints a warning, so the calls
 * below do nothing then. The key is the one under which reporters register (allure-js-commons, sdk/runtime).
 */
const loaded = (): boolean => Reflect.get(globalThis, "allureTestRuntime") !== undefined;

/** A parameter of the test: it is a part of the test's identity in the history, unless `excluded`. */
export const parameter = async (
  name: string,
  value: string,
  options: { excluded?: boolean } = {},
): Promise<void> => {
  if (loaded()) await commons.parameter(name, value, options);
};

/** Runs `body` as a named step of the test. */
export const step = async <T>(name: string, body: () => T | Promise<T>): Promise<T> =>
  loaded() ? await commons.step(name, () => body()) : await body();

export const attachment = async (
  name: string,
  content: string | Uint8Array,
  contentType: string,
): Promise<void> => {
  if (loaded()) await commons.attachment(name, content, contentType);
};

/** Measured figures go into an attachment: as parameters they would make each run another test. */
export const attachJudgements = async (judgements: readonly Judgement[]): Promise<void> => {
  const text = judgements.map((judgement) => ({ ...judgement, received: describeReceived(judgement) }));
  await attachment("judgements.json", JSON.stringify(text, undefined, 2), "application/json");
};

/** The timeline of a phase, and how long its requests took, as plots. */
export const attachPlots = async (run: RecordedRun, phase: string): Promise<void> => {
  if (!loaded()) return;
  for (const { name, ...drawing } of phaseDrawings(run, phase))
    await attachment(name, standaloneSvg(drawing), "image/svg+xml");
};
