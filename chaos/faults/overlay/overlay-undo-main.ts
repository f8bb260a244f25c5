/**
 * Runs on machines, as `node overlay-undo.mjs`: undo steps of overlay faults. Each may run any number of times, and
 * succeeds where nothing is to be undone.
 *
 *   restore SAVED TARGET                        a file back to its place, then Nebula reads it
 *   drop FILE                                   a file away, then Nebula reads the rest
 *   address DEVICE FROM TO PREFIX GATEWAY       a machine's address back, and its default route
 */
import { copyFileSync, existsSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";

import { NEBULA_FOLDER } from "../../../harness/config/nebula-layout.ts";
import { moveAddress } from "./underlay-address.ts";

/** SIGHUP to the Nebula that runs on edgeproof's folder; another one on the machine is not touched. */
function reloadNebula(): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    try {
      const [program = "", ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (program.endsWith("/nebula") && args.includes(NEBULA_FOLDER)) process.kill(Number(pid), "SIGHUP");
    } catch {
      // It ended meanwhile.
    }
}

function restore(saved: string, target: string): void {
  if (existsSync(saved)) {
    copyFileSync(saved, `${target}.new`);
    renameSync(`${target}.new`, target);
    rmSync(saved, { force: true });
  }
  reloadNebula();
}

function drop(file: string): void {
  rmSync(file, { force: true });
  reloadNebula();
}

const [command, a = "", b = "", c = "", prefix = "", gateway = ""] = process.argv.slice(2);
if (command === "restore" && b) restore(a, b);
else if (command === "drop" && a) drop(a);
else if (command === "address" && gateway)
  moveAddress({ device: a, from: b, to: c, prefix: Number(prefix), gateway });
else {
  process.stderr.write("usage: overlay-undo restore|drop|address ...\n");
  process.exit(64);
}
