import { rigError } from "../../../harness/errors.ts";
import { runProgram } from "../run-program.ts";

export const TUN_DEVICE = "epwan0";
const TABLE = 100;
const PREFERENCE = 1000;
/** Marks our rules and routes: a number that no routing daemon has (rtnetlink.h, /etc/iproute2/rt_protos). */
const PROTOCOL = 237;
const QUEUE_PACKETS = 10_000;

interface Rule {
  priority?: number;
  iif?: string;
  table?: string;
  protocol?: string;
}
interface Route {
  protocol?: string;
}

/** The rule that sends what comes in by `device` to the router's table. */
const ruleArguments = (device: string): string[] => [
  ...["pref", String(PREFERENCE)],
  ...["iif", device],
  ...["lookup", String(TABLE)],
  ...["protocol", String(PROTOCOL)],
];

/** Numbers, whatever names `/etc/iproute2` has for them. */
const show = async <T>(...words: string[]): Promise<T[]> =>
  JSON.parse((await runProgram(["ip", "-N", "-j", ...words])) || "[]") as T[];

const rules = (): Promise<Rule[]> => show<Rule>("rule", "show");
/** A table that was never filled is an error to some kernels. */
const routes = (): Promise<Route[]> => show<Route>("route", "show", "table", String(TABLE)).catch(() => []);

const isOurs = ({ protocol }: Rule | Route): boolean => protocol === String(PROTOCOL);

/** Throws if somebody else uses the table or the preference of rules that this back end needs. */
export async function refuseForeignRouting(): Promise<void> {
  const used = (await rules()).some(
    (rule) => !isOurs(rule) && (rule.table === String(TABLE) || rule.priority === PREFERENCE),
  );
  if (!used && (await routes()).every(isOurs)) return;
  throw rigError("wan-foreign-routing", `routing table ${TABLE} or rule ${PREFERENCE} is somebody else's`, {
    where: "wan container",
    expected: `nothing in table ${TABLE}, no rule that looks it up, and none with preference ${PREFERENCE}`,
    fix: `See \`ip rule\` and \`ip route show table ${TABLE}\`; remove what is not needed and start again.`,
  });
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
  const table = ["table", String(TABLE), "protocol", String(PROTOCOL)];
  await runProgram(["ip", "route", "replace", "blackhole", "default", "metric", "4096", ...table]);
  await runProgram(["ip", "route", "replace", "default", "dev", TUN_DEVICE, ...table]);
  const present = (await rules()).filter(isOurs).map(({ iif }) => iif);
  for (const device of devices) {
    if (!present.includes(device)) await runProgram(["ip", "rule", "add", ...ruleArguments(device)]);
  }
}

/** Undoes `leadThroughTun`, also what a killed service left behind. Any number of times; others' routes stay. */
export async function removeRouting(): Promise<void> {
  for (const { iif } of (await rules()).filter(isOurs)) {
    if (iif !== undefined) await runProgram(["ip", "rule", "del", ...ruleArguments(iif)]);
  }
  if ((await routes()).some(isOurs)) {
    await runProgram(["ip", "route", "flush", "table", String(TABLE), "protocol", String(PROTOCOL)]);
  }
}
