import { Resolver } from "node:dns/promises";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Runs on a machine of the rig: `name-probe SERVER NAME COUNT INTERVAL_MS TIMEOUT_MS`. Asks the DNS server for the name's
 * addresses, and prints the milliseconds until an answer with an address, or `lost`, a line each.
 */
const [server = "", name = "", count = "1", interval = "0", timeout = "1000"] = process.argv.slice(2);

for (let sent = 0; sent < Number(count); sent++) {
  if (sent > 0) await delay(Number(interval));
  const resolver = new Resolver({ timeout: Number(timeout), tries: 1 });
  resolver.setServers([server]);
  const began = performance.now();
  const found = await resolver.resolve4(name).then(
    (addresses) => addresses.length > 0,
    () => false,
  );
  process.stdout.write(found ? `${(performance.now() - began).toFixed(3)}\n` : "lost\n");
}
