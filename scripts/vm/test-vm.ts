/**
 * `npm run test:vm [-- PATTERN]`: boots Debian's kernel in a virtual machine and runs the tests there that need netem.
 * The last line is `N passed, N failed`. See docs/vm.md.
 */
import { access, constants, rm } from "node:fs/promises";
import { onInterrupt } from "../../harness/cli/interrupt.ts";
import { Progress } from "../../harness/cli/progress.ts";
import { EdgeproofError, rigError } from "../../harness/errors.ts";
import { ExitCode } from "../../harness/exit-codes.ts";
import { cacheFolder } from "../../harness/toolchain/cache-folder.ts";
import { prepareForVm } from "./host-programs.ts";
import { ensureVmImage, isVmImageBuilt, type VmImage } from "./image.ts";
import { Machine } from "./machine.ts";
import { makePayload, type Payload } from "./payload.ts";
import { PAYLOAD } from "./recipe.ts";
import { repeatedly } from "./run-tool.ts";
import { makeWorkFolder } from "./work-folder.ts";

const { say } = new Progress(false);

const hasKvm = (): Promise<boolean> =>
  access("/dev/kvm", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );

/** By the processor's own virtualization where it works, else emulated. */
async function boot(
  parts: { image: VmImage; payload: Payload; folder: string },
  signal: AbortSignal,
): Promise<Machine> {
  if (await hasKvm()) {
    try {
      return await Machine.boot(parts, "kvm", signal);
    } catch (error) {
      signal.throwIfAborted();
      say(`KVM does not work here (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  return Machine.boot(parts, "tcg", signal);
}

async function runSuite(machine: Machine, pattern: string, signal: AbortSignal): Promise<boolean> {
  let last = "";
  const show = (line: string): void => {
    process.stdout.write(`${line}\n`);
    if (line.trim() !== "") last = line;
  };
  const quoted = `'${pattern.replaceAll("'", `'\\''`)}'`;
  const command = `EDGEPROOF_FIGURES=1 ${PAYLOAD}/node ${PAYLOAD}/guest-suite.mjs ${quoted}`;
  const code = await machine.run(command, show, signal);
  if (/^\d+ passed, \d+ failed$/.test(last)) return code === 0;
  throw rigError("VM_SUITE", `the tests in the virtual machine ended with ${code} and no count`, {
    fix: "See what they printed above, and the machine's console below.",
    cause: new Error(machine.console.slice(-2000)),
  });
}

async function main(pattern: string): Promise<ExitCode> {
  const signal = onInterrupt(say);
  const cache = cacheFolder();
  await prepareForVm({ build: !isVmImageBuilt(cache) }, say, signal);
  const image = await ensureVmImage(cache, say, signal);
  const folder = await makeWorkFolder();
  let machine: Machine | undefined;
  try {
    const payload = await makePayload(folder, cache, signal);
    say("booting the virtual machine");
    {
      await using _ = repeatedly(() => say("still booting the virtual machine"));
      machine = await boot({ image, payload, folder }, signal);
    }
    say(`booted (${machine.accelerator === "kvm" ? "KVM" : "software emulation"}); running the tests in it`);
    const passed = await runSuite(machine, pattern, signal);
    if (!passed) process.stderr.write(`the virtual machine's console:\n${machine.console.slice(-4000)}\n`);
    return passed ? ExitCode.met : ExitCode.internal;
  } finally {
    await machine?.end();
    await rm(folder, { recursive: true, force: true });
  }
}

main(process.argv[2] ?? "").then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (!(error instanceof EdgeproofError)) console.error(error);
    else if (error.exitCode !== ExitCode.interrupted) console.error(error.format());
    process.exit(error instanceof EdgeproofError ? error.exitCode : ExitCode.internal);
  },
);
