import { readFileSync, writeFileSync } from "node:fs";

import type { MessagePlan } from "../plan.ts";
import { exchangeAll } from "./exchange-all.ts";
import { openChannel } from "./open-channel.ts";

/**
 * Runs on the tester: `message-client PLAN OUTPUT`, files of JSON: a `MessagePlan`, and what becomes of it as a list of
 * `ChannelRecord`. Prints `open` when every channel is, which is when the schedule begins.
 */
const [planFile = "", outputFile = ""] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, "utf8")) as MessagePlan;
// One clock that never jumps, set by the machine's.
const epoch = Date.now() - performance.now();

const records = await exchangeAll(plan, {
  open: openChannel,
  now: () => epoch + performance.now(),
  onOpen: () => process.stdout.write("open\n"),
});
writeFileSync(outputFile, JSON.stringify(records));
// A connection that cannot be closed must not keep the process.
process.exit(0);
