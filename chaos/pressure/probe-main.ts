import { limitableDisk } from "./io.ts";
import { countProgram, readDisk, readLoad, readResources, timeWrites } from "./probe.ts";

/** Reads one thing of the machine that it runs on and prints it as JSON. */
const COMMANDS: Record<string, (...args: string[]) => unknown> = {
  load: (name = "") => readLoad(name),
  resources: readResources,
  disk: (path = "/") => readDisk(path),
  writes: (path = "/", bytes, count) => timeWrites(path, Number(bytes), Number(count)),
  limitable: (path = "/", root) => limitableDisk(path, root === "own").device,
  program: (name = "") => countProgram(name),
};

const [command = "", ...args] = process.argv.slice(2);
const read = COMMANDS[command];
if (!read) {
  process.stderr.write(`usage: machine-probe ${Object.keys(COMMANDS).join("|")} ARGUMENTS\n`);
  process.exitCode = 64;
} else {
  try {
    process.stdout.write(`${JSON.stringify(read(...args))}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
