import { runProgram } from "../run-program.ts";

export const TUN_DEVICE = "epwan0";
const TABLE = 100;
const PREFERENCE = 1000;
const QUEUE_PACKETS = 10_000;

interface Rule {
  priority?: number;
  iif?: string;
  table?: string;
}

/** The rule that sends what comes in by `device` to the router's table. */
const ruleArguments = (device: string): string[] => [
  ...["pref", String(PREFERENCE)],
  ...["iif", device],
  ...["lookup", String(TABLE)],
];

async function ourRules(): Promise<string[]> {
  const rules = JSON.parse(await runProgram(["ip", "-j", "rule", "show"])) as Rule[];
  return rules
    .filter((rule) => rule.priority === PREFERENCE && rule.table === String(TABLE))
    .flatMap((rule) => (rule.iif === undefined ? [] : [rule.iif]));
}

/** Brings the TUN device up. */
export async function raiseTun(mtu: number): Promise<void> {
  const link = ["ip", "link", "set", "dev", TUN_DEVICE];
  await runProgram([...link, "mtu", String(mtu), "txqueuelen", String(QUEUE_PACKETS)]);
  await runProgram([...link, "up"]);
}

/**
 * Leads every packet that comes in by one of `devices` through the TUN device; what is written back to it comes in by
 * the TUN device itself, matches no rule and follows the main table. The blackhole route behind the TUN's one stays
 * when the process dies and the device vanishes, so that then nothing passes.
 */
export async function leadThroughTun(devices: readonly string[]): Promise<void> {
  const table = ["table", String(TABLE)];
  await runProgram(["ip", "route", "replace", "blackhole", "default", "metric", "4096", ...table]);
  await runProgram(["ip", "route", "replace", "default", "dev", TUN_DEVICE, ...table]);
  const present = await ourRules();
  for (const device of devices) {
    if (!present.includes(device)) await runProgram(["ip", "rule", "add", ...ruleArguments(device)]);
  }
}

/** Undoes `leadThroughTun`, also what a killed service left behind. Any number of times. */
export async function removeRouting(): Promise<void> {
  for (const device of await ourRules()) await runProgram(["ip", "rule", "del", ...ruleArguments(device)]);
  // Flushing a table that was never filled is refused by some kernels; an empty list says that there is none.
  const routes = await runProgram(["ip", "-j", "route", "show", "table", String(TABLE)]).catch(() => "[]");
  if ((JSON.parse(routes || "[]") as unknown[]).length > 0) {
    await runProgram(["ip", "route", "flush", "table", String(TABLE)]);
  }
}
