import { spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";

import { isOfInterest } from "./sample-parser.ts";

// Runs on the tester: k6 with its output to standard output, of which only what is about requests goes on, at once, so that
// it can be read while it is written. An interrupt reaches k6 by itself, as it is of the same process group; what k6 writes
// until its end is still let through.
const [program = "k6", ...args] = process.argv.slice(2);
process.on("SIGINT", () => undefined);
const k6 = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
k6.once("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 127;
});
createInterface({ input: k6.stdout, crlfDelay: Infinity }).on("line", (line) => {
  if (isOfInterest(line)) process.stdout.write(`${line}\n`);
});
k6.once("close", (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal ?? "SIGKILL"];
});
