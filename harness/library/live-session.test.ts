import { expect } from "chai";

import { EdgeproofError } from "../errors.ts";
import { rigOf, type LiveRig } from "./live-rig.ts";
import { session } from "./open-session.ts";
import { measure } from "./measure.ts";
import type { Session } from "./session-model.ts";

const refusal = (action: () => unknown): EdgeproofError => {
  try {
    action();
  } catch (error) {
    if (error instanceof EdgeproofError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe("the library without a run", () => {
  it("says how suites are run when there is no session", () => {
    const { code, fix } = refusal(() => session.current());
    expect([code, fix]).to.deep.equal(["NO_SESSION", "run it as `edgeproof run FILE`"]);
  });

  it("refuses rigs and sessions that are not its own", async () => {
    expect(refusal(() => rigOf({} as LiveRig)).code).to.equal("NOT_A_RIG");
    const scaled = measure.scaleOut({} as Session, { phase: "p", fn: "fib", from: 1, to: 2 });
    const error: unknown = await scaled.catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(EdgeproofError).with.property("code", "NOT_A_SESSION");
  });
});
