/**
 * One end of a measurement, run in a machine's network namespace: `udp-send IP PORT COUNT INTERVAL_US BYTES
 * MAX_MS`,
 * `udp-receive PORT COUNT FILE` (delays as raw doubles), `tcp-send HOST PORT MS`, `tcp-receive PORT`. Receivers print
 * `ready`, and at the end their result as JSON.
 */
import { writeFileSync } from "node:fs";
import { ipv4ToInt } from "../wan/ipv4.ts";
import { receiveStream, sendStream } from "./tcp-ends.ts";
import { receive } from "./udp-receive.ts";
import { send } from "./udp-send.ts";

const [role = "", ...words] = process.argv.slice(2);
const [a = "", b = "", c = ""] = words;
const numbers = words.map(Number);
const at = (index: number): number => numbers[index] ?? Number.NaN;

if (role === "udp-send") {
  const flow = { count: at(2), intervalUs: at(3), bytes: at(4), maxMs: at(5) };
  console.log(send(ipv4ToInt(a), at(1), flow));
} else if (role === "udp-receive") {
  const { delaysUs, ...result } = await receive(at(0), at(1));
  writeFileSync(c, new Uint8Array(delaysUs.buffer));
  console.log(JSON.stringify(result));
} else if (role === "tcp-send") await sendStream(a, Number(b), at(2));
else if (role === "tcp-receive") console.log(JSON.stringify(await receiveStream(at(0))));
else throw new Error(`unknown role ${role}`);
