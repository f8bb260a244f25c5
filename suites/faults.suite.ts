import { expect, judgesPhase } from "edgeproof";

import { CATALOGUE } from "../chaos/faults/catalogue.ts";
import type { FaultDefinition } from "../chaos/faults/definition.ts";
import { ConfigError } from "../harness/config/config-error.ts";
import { EdgeproofError } from "../harness/errors.ts";
import { ExitCode } from "../harness/exit-codes.ts";
import type { Receipt } from "../harness/record/model.ts";
import { type RigSnapshot, snapshotRig } from "../harness/rig/snapshot/snapshot.ts";
import { untilSame } from "../harness/rig/snapshot/until-same.ts";
import { currentSession } from "../harness/session/session.ts";
import { type FaultTrial, tryFault } from "../harness/session/try-fault.ts";
import { untilAnswering } from "../harness/session/until-answering.ts";
import { attachment, parameter } from "../reports/allure.ts";

const FUNCTION = "hello-world";
/** What is measured before the fault included. */
const WINDOW_MS = 6_000;
/** There is nothing to wait for where nothing was done. */
const OFF_MS = 15_000;
/** Faults that need longer until there is something to see, ms. */
const LONGER: Record<string, number> = {
  "link-flap": 12_000,
  "link-degrade": 34_000,
  "link-mtu": 10_000,
  "link-rate": 14_000,
  "stream-bandwidth": 14_000,
  "stream-timeout": 10_000,
  "node-drain": 15_000,
  "node-restart": 15_000,
  "lighthouse-down": 12_000,
  "relay-lost": 50_000,
  "certificate-expired": 75_000,
  "certificate-blocklisted": 30_000,
  "scheduler-down": 12_000,
  "rollout-under-load": 20_000,
};
/** For nodes to be Ready and pods to be placed again. */
const SETTLE_MS = 60_000;
const ASIDE_MS = 240_000;

/** Streams begin at the tester, at a node's own processes, or at its pods. */
const POINTS: Record<string, string> = {
  gateway: "{ point: gateway }",
  api: "{ point: api, node: pi4-1 }",
  service: `{ point: service, node: pi4-1, service: ${FUNCTION} }`,
};

/** The run's own, which it removes at its end. */
const OWN_JOURNAL = /^host folder: .*\/journal\.ndjson$/;

/** A fault whose whole purpose is to say which other one is meant. */
const REFUSED = "stream-loss";

/** The example of the fault's documentation; stream faults at each place where streams begin. */
const examplesOf = ({ name, layer, example }: FaultDefinition): { title: string; faults: string }[] =>
  layer === "stream"
    ? Object.entries(POINTS).map(([point, target]) => ({
        title: `${name}-${point}`,
        faults: example.replace("{ point: gateway }", target),
      }))
    : [{ title: name, faults: example }];

describe("Does each fault of the catalogue hold, and leave nothing", () => {
  const session = currentSession();
  let clean: RigSnapshot;

  before("deploy a function and take a snapshot", async () => {
    await session.deploy(FUNCTION);
    clean = await snapshotRig(session.rig);
  });

  after("load the function once more", async () => {
    await session.phase({ name: "afterwards", kind: "healed" }, async () => {
      await untilAnswering(session, FUNCTION, SETTLE_MS);
      await session.load({ phase: "afterwards", fn: FUNCTION, ratePerSecond: 40, durationMs: 10_000 });
    });
  });

  const untilClean = (): Promise<string[]> =>
    untilSame(clean, () => snapshotRig(session.rig), {
      ...{ timeoutMs: SETTLE_MS, signal: session.signal, ignore: OWN_JOURNAL },
    });

  /** Undefined where this rig cannot have it. */
  async function receiptsOf(context: Mocha.Context, trial: FaultTrial): Promise<Receipt[] | undefined> {
    context.timeout(trial.windowMs + SETTLE_MS + ASIDE_MS);
    // A fault before may have driven the pods from a node, and a stream is to begin at one of each.
    await session.spread(FUNCTION);
    await parameter("faults", trial.faults);
    try {
      const receipts = await tryFault(session, trial);
      await attachment("receipts", JSON.stringify(receipts, undefined, 2), "application/json");
      return receipts;
    } catch (error) {
      // An example that is wrong is a defect; one that this rig cannot have is not.
      if (!(error instanceof EdgeproofError) || error instanceof ConfigError) throw error;
      if (error.exitCode !== ExitCode.usage) throw error;
      session.say(`  ${trial.phase} cannot be had here: ${error.message}`);
      return undefined;
    }
  }

  for (const definition of CATALOGUE.filter(({ name }) => name !== REFUSED))
    for (const { title, faults } of examplesOf(definition)) {
      const windowMs = LONGER[definition.name] ?? WINDOW_MS;
      const late = faults.includes("at: ");
      const trial = { phase: title, faults, windowMs, fn: FUNCTION };

      it(`${title}: holds, and leaves nothing`, async function () {
        const receipts = await receiptsOf(this, trial);
        if (receipts) expect(receipts.map(({ fault }) => fault)).to.include(definition.name);
        for (const { fault, held, reasons } of receipts ?? [])
          expect(held, `${fault}: ${reasons.join("; ")}`).to.equal(true);
        expect(await untilClean(), "left on the rig").to.deep.equal([]);
        if (!receipts) this.skip();
      });

      it(`${title}: is not held with its back end switched off`, async function () {
        const phase = `${title}-off`;
        const off = { ...trial, phase, backEnd: "off" as const };
        // One example has a fault that begins late.
        const shorter = Math.min(windowMs, OFF_MS);
        const receipts = await receiptsOf(this, { ...off, windowMs: late ? windowMs : shorter });
        if (!receipts) this.skip();
        expect(receipts.find(({ fault }) => fault === definition.name)?.held).to.equal(false);
      });
    }

  it(`${REFUSED} is refused, and names the fault that is meant`, async () => {
    const trial = { phase: REFUSED, faults: `- { fault: ${REFUSED}, target: { point: gateway }, loss: 5% }` };
    const error = await tryFault(session, { ...trial, windowMs: WINDOW_MS, fn: FUNCTION }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(EdgeproofError).and.to.include({ exitCode: ExitCode.usage });
    expect(String((error as EdgeproofError).fix)).to.contain("link-loss");
  });
});

describe("Does the rig serve as before when all of them are over", () => {
  judgesPhase("afterwards", { receipts: false });
});
