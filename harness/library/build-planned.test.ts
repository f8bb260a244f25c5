import { expect } from "chai";

import { loadTopology } from "../config/load.ts";
import { ConfigError } from "../config/config-error.ts";
import { EdgeproofError } from "../errors.ts";
import { LinkStack } from "../../chaos/wan/link-stack.ts";
import type { WanEngine } from "../../chaos/wan/wan-engine.ts";
import { plannedRig } from "../session/planned-rig.ts";
import type { Session } from "../session/session.ts";
import { buildPlanned } from "./build-planned.ts";
import { fault } from "./fault.ts";
import { planned } from "./planned-fault.ts";

/** What building asks of a session, on a rig that is only planned. */
function plannedSession(): Session {
  const topology = loadTopology("overlay");
  return {
    rig: { topology },
    faultRig: plannedRig(topology),
    links: new LinkStack({ backend: "userspace" } as WanEngine),
    guard: {},
    seed: 1,
    gateway: { route: () => ({ url: "http://198.19.0.1:30000/" }) },
  } as unknown as Session;
}

const refused = async (...all: Parameters<typeof buildPlanned>[0]): Promise<EdgeproofError> => {
  const error: unknown = await buildPlanned(all, "phase", plannedSession()).catch(
    (thrown: unknown) => thrown,
  );
  if (error instanceof EdgeproofError) return error;
  throw new Error(`not refused: ${String(error)}`);
};

describe("faults that a phase makes real", () => {
  it("come in the order in which they were asked for, each with a name of its own", async () => {
    const built = await buildPlanned(
      [
        fault.linkDelay({ target: { from: "cloud-1", to: "pi4-1" }, delay: "5ms" }),
        fault.nodePause({ target: { class: "pi4" } }),
        fault.linkDelay({ target: { between: ["cloud", "edge-b"] }, delay: "5ms" }),
      ],
      "phase",
      plannedSession(),
      { taken: ["node-pause"] },
    );
    expect(built.map(({ name }) => name)).to.deep.equal(["link-delay", "node-pause-2", "link-delay-2"]);
    expect(built[1]?.affects).to.deep.equal(["pi4-1"]);
  });

  it("are refused with the line on which they were written, and what is wrong there", async () => {
    const error = await refused(fault.linkLoss({ target: { from: "pi9-1" }, loss: "5%" }));
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.format()).to.match(/build-planned\.test\.ts:\d+.*pi9-1/);
    const wrong = await refused(planned("link-loss", { target: { all: true }, loss: "much" }));
    expect(wrong.format()).to.match(/a share with a unit/);
    expect((await refused(planned("link-los"))).format()).to.match(/did you mean `link-loss`/);
  });

  it("have no times of their own: the body of the phase says when", async () => {
    const error = await refused(planned("node-kill", { target: "pi4-1", at: "2s" }));
    expect([error.code, error.exitCode]).to.deep.equal(["fault-options", 64]);
  });
});
