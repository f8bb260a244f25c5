import { expect as chaiExpect, use } from "chai";

import { chaiSlo } from "../judge/chai-slo.ts";

use(chaiSlo);

// Its type is written out, so that the declarations name the package: inferred, they name a global that nobody brings.
/**
 * Chai's `expect`, which also holds a recorded run against an objective: `expect(run).to.meet(objective)`. A missed one
 * throws chai's AssertionError; one that could not be judged a `NotJudgedError`, since it says nothing of the system.
 *
 * @example
 * ```ts
 * for (const objective of objectives.load("objectives.yaml")) expect(recording.read(folder)).to.meet(objective);
 * ```
 */
export const expect: typeof chaiExpect = chaiExpect;
