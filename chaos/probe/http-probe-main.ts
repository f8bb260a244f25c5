import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Runs on a machine of the rig: `http-probe URL COUNT INTERVAL_MS TIMEOUT_MS`. One request after the other, each on a
 * connection of its own; prints the milliseconds from the start to the first byte of the answer, or `lost`, a line each.
 */
const [url = "", count = "0", interval = "0", timeout = "1000"] = process.argv.slice(2);

const once = (): Promise<string> =>
  new Promise((resolve) => {
    const began = performance.now();
    const asked = request(url, { agent: false, timeout: Number(timeout) }, (answer) => {
      const firstByte = performance.now() - began;
      answer.resume();
      answer.once("end", () => resolve(firstByte.toFixed(3)));
      answer.once("error", () => resolve("lost"));
    });
    asked.once("timeout", () => asked.destroy());
    asked.once("error", () => resolve("lost"));
    asked.end();
  });

for (let sent = 0; sent < Number(count); sent++) {
  process.stdout.write(`${await once()}\n`);
  await delay(Number(interval));
}
