/** Runs in the virtual machine: the tests that need its kernel, by mocha. Arguments: a pattern of titles, if any. */
import Mocha from "mocha";

const [pattern] = process.argv.slice(2);
const mocha = new Mocha({ reporter: "spec", timeout: 20_000, ...(pattern ? { grep: pattern } : {}) });
mocha.suite.emit("pre-require", globalThis, "", mocha);
await import("../../chaos/wan/netem/netem.test.ts");
await import("../../chaos/wan/netem/egress.test.ts");
await import("../../chaos/faults/egress-link-fault.test.ts");
await import("../../chaos/wan/netem/former-qdiscs.vm.ts");

const runner = mocha.run(() => {
  const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
  // This machine is made for these tests: one that is skipped has failed.
  if (pending > 0) console.log(`${pending} skipped, which counts as failed here`);
  console.log(`${passes} passed, ${failures + pending} failed`);
  process.exit(failures + pending === 0 && passes > 0 ? 0 : 1);
});
// At once and not only in the end: a run takes minutes.
runner.on("fail", (_, error: Error) => console.log(`    ${error.message}`));
