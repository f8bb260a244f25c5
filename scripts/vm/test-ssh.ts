/**
 * `npm run test:ssh [-- OPTIONS]`: boots virtual machines with kernels of their own, and takes them as real nodes: from bare
 * machine to a rig that serves functions under load and faults, and back. The last lines say which parts passed. See docs/vm.md.
 */
import { rm } from "node:fs/promises";
import { once } from "node:events";
import { parseArgs } from "node:util";

import { onInterrupt } from "../../harness/cli/interrupt.ts";
import { Progress } from "../../harness/cli/progress.ts";
import { EdgeproofError, rigError, usageError } from "../../harness/errors.ts";
import { ExitCode } from "../../harness/exit-codes.ts";
import { Machines } from "./boot-machines.ts";
import { makeKeysDisk } from "./keys-disk.ts";
import { type Layer, readLab, writeLab } from "./lab.ts";
import { choose, PARTS, runParts } from "./ssh-parts.ts";
import { takeStock } from "./stock.ts";
import { makeWorkFolder } from "./work-folder.ts";

const { say } = new Progress(false);
const HELP = `npm run test:ssh                       every part, on machines of its own
npm run test:ssh -- --only up,down     some parts
npm run test:ssh -- --hold             boots machines and keeps them, for parts of other calls:
npm run test:ssh -- --in FOLDER --only up

  --only PARTS   comma-separated:
${Object.entries(PARTS)
  .map(([name, { summary }]) => `                   ${name.padEnd(11)} ${summary}`)
  .join("\n")}
  --layer NAME   deployment (default), without the suite \`serverless\`; or knative, which emulated machines are too slow for
  --uml          kernels are programs of this host (user-mode Linux), at the processor's own speed; needs root
  --nat          with --uml: the agent is behind a NAT that gives it an address of its own
  --arm64        the agent is a machine for arm64; not with --uml
  --jump         the agent is reached through the tester (ProxyJump)
  --hold         boot, take stock, and wait for Ctrl-C
  --in FOLDER    use machines that a call with --hold keeps
  --minutes N    end by itself after so long (default 110)
`;

interface Options {
  only: string | undefined;
  layer: Layer | undefined;
  arm64: boolean;
  uml: boolean;
  nat: boolean;
  jump: boolean;
  hold: boolean;
  folder: string | undefined;
  minutes: number;
}

function read(): Options | undefined {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      layer: { type: "string" },
      arm64: { type: "boolean", default: false },
      uml: { type: "boolean", default: false },
      nat: { type: "boolean", default: false },
      jump: { type: "boolean", default: false },
      hold: { type: "boolean", default: false },
      in: { type: "string" },
      minutes: { type: "string", default: "110" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const { only, layer, arm64, uml, nat, jump, hold } = values;
  const minutes = Number(values.minutes);
  if (layer !== undefined && layer !== "knative" && layer !== "deployment")
    throw usageError("VM_LAYER", `there is no layer ${layer} here`, {
      where: "--layer",
      expected: "knative or deployment",
    });
  if (arm64 && uml)
    throw usageError("VM_KIND", "user-mode Linux has the processor of this host", {
      where: "--arm64 --uml",
      expected: "one of them",
    });
  if (nat && (!uml || jump))
    throw usageError(
      "VM_KIND",
      "only machines of user-mode Linux can be behind a NAT, and no jump host is there",
      {
        where: "--nat",
        expected: "--uml --nat",
      },
    );
  if (!(minutes > 0)) throw usageError("VM_MINUTES", "--minutes is a number above 0");
  return { ...{ only, layer, arm64, uml, nat, jump, hold, minutes }, folder: values.in };
}

async function onOwnMachines(
  options: Options,
  parts: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const folder = await makeWorkFolder();
  const machines = new Machines();
  try {
    const keys = await makeKeysDisk(folder, signal);
    await machines.boot({ ...options, folder, keys, say, signal });
    const lab = writeLab(machines.all, keys, folder, {
      layer: options.layer ?? "deployment",
      jump: options.jump,
      uml: options.uml,
    });
    say("taking stock of the machines");
    await takeStock(lab);
    if (!options.hold) return await runParts({ lab, say, signal }, parts);
    process.stdout.write(
      `the machines are up; \`npm run test:ssh -- --in ${folder} --only PARTS\` uses them\n`,
    );
    await once(signal, "abort");
    return true;
  } finally {
    await machines[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<ExitCode> {
  const options = read();
  if (!options) {
    process.stdout.write(HELP);
    return ExitCode.met;
  }
  const parts = choose(options.only);
  // No `AbortSignal.timeout`: it keeps no process, and one that only held machines was gone before it, its folder left.
  const end = new AbortController();
  const { signal } = end;
  const interrupted = onInterrupt(say);
  interrupted.addEventListener("abort", () => end.abort(interrupted.reason), { once: true });
  setTimeout(
    () => end.abort(rigError("VM_TIME", `${options.minutes} minutes are over`)),
    options.minutes * 60_000,
  );
  const { folder, layer } = options;
  const passed =
    folder === undefined
      ? await onOwnMachines(options, parts, signal)
      : await runParts({ lab: readLab(folder, layer), say, signal }, parts);
  return passed ? ExitCode.met : ExitCode.broken;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (!(error instanceof EdgeproofError)) console.error(error);
    else if (error.exitCode !== ExitCode.interrupted) console.error(error.format());
    process.exit(error instanceof EdgeproofError ? error.exitCode : ExitCode.internal);
  },
);
