import { expect } from "chai";

import { EdgeproofError } from "../errors.ts";
import { rigOf, type LiveRig } from "./live-rig.ts";
import { session } from "./open-session.ts";
import { measure } from "./measure.ts";
import type { Session } from "./session-model.ts";
import { refusalOf } from "../testing.ts";

describe("the library without a run", () => {
  it("says how suites are run when there is no session", () => {
    const { code, fix } = refusalOf(() => session.current());
    expect([code, fix]).to.deep.equal(["NO_SESSION", "run it as `edgeproof run FILE`"]);
  });

  it("refuses rigs and sessions that are not its own", async () => {
    expect(refusalOf(() => rigOf({} as LiveRig)).code).to.equal("NOT_A_RIG");
    const scaled = measure.scaleOut({} as Session, { phase: "p", fn: "fib", from: 1, to: 2 });
    const error: unknown = await scaled.catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(EdgeproofError).with.property("code", "NOT_A_SESSION");
  });
});
