// Without mocha and without `edgeproof run`: node --import tsx suites/examples/06-a-program-of-ones-own.ts
import { ExitCode, fault, load, objectives, rig, session } from "edgeproof";

const say = (message: string): void => console.error(message);
const limits = objectives.parse(
  "objectives: [{ name: answers, quantity: error-rate, limit: 5%, scope: { phase: lossy } }]",
  "objectives of example 06",
);

async function main(): Promise<void> {
  // Both are ended in the reverse order, whatever happens: faults are healed, then the rig is taken down.
  await using lab = await rig.up("overlay", { name: "example-06", say });
  await using recorded = await session.open(lab, { suite: "example-06", objectives: limits, say });
  const run = recorded.session;
  await run.deploy("hello-world");
  const loss = fault.linkLoss({ target: { between: ["cloud", "edge-a"] }, loss: "5%" });
  const { receipts } = await run.phase({ name: "lossy", kind: "fault", faults: [loss] }, async (phase) => {
    await phase.load(load.open({ fn: "hello-world", ratePerSecond: 20, durationMs: 10_000 }));
  });
  for (const { fault: name, held, reasons } of receipts)
    say(`${name}: ${held ? "held" : reasons.join("; ")}`);
  const { verdict, report } = await recorded.finish();
  process.exitCode = ExitCode[verdict];
  console.log(`${verdict}: ${report}`);
}

await main();
