import { fileURLToPath } from "node:url";

import { execa } from "execa";

import type { Measured } from "../../../chaos/bench/figure.ts";
import { rigError } from "../../errors.ts";
import { LABEL_FUNCTION, NAMESPACE } from "../../rig/functions/manifests.ts";
import type { Rig } from "../../rig/rig.ts";

const PROGRAM = fileURLToPath(new URL("raw-watch-main.ts", import.meta.url));
const LIMIT_MS = 50;
const FROM = 1;
const TO = 8;

/** How much later a scale-out's record has a pod Ready than a process that does nothing but watch. */
export async function watchDelay(rig: Rig): Promise<Measured> {
  const name = "fib";
  await rig.functions.deploy({ name, image: rig.image(name), replicas: FROM });
  const path = `/api/v1/namespaces/${NAMESPACE}/pods?watch=true&labelSelector=${LABEL_FUNCTION}%3D${name}`;
  const watcher = execa(process.execPath, ["--import", "tsx", PROGRAM, rig.kubeconfig, path], {
    reject: false,
    stdin: "ignore",
    buffer: false,
  });
  const heard = new Map<string, number>();
  try {
    const lines = watcher.iterable();
    const iterator = lines[Symbol.asyncIterator]();
    await iterator.next();
    const listening = (async () => {
      for (let line = await iterator.next(); line.done !== true; line = await iterator.next()) {
        const { uid, at } = JSON.parse(line.value) as { uid: string; at: number };
        heard.set(uid, at);
      }
    })();
    const { pods } = await rig.functions.scale(name, TO, 60_000);
    // What the record heard first is on its way to the other.
    await new Promise((resolve) => setTimeout(resolve, 500));
    watcher.kill();
    await listening;
    const delays = pods.flatMap(({ uid, readyAt }) => {
      const at = heard.get(uid);
      return readyAt === undefined || at === undefined ? [] : [readyAt - at];
    });
    if (delays.length !== TO - FROM)
      throw rigError("BENCH_WATCH", `${delays.length} of ${TO - FROM} pods were seen by both watches`);
    const most = Math.max(...delays);
    return {
      group: "functions",
      what: `${FROM} -> ${TO} ready, beyond a plain watch (most)`,
      measured: most,
      unit: "ms",
      target: `<= ${LIMIT_MS}`,
      met: most <= LIMIT_MS,
    };
  } finally {
    watcher.kill();
    await rig.functions.remove(name);
  }
}
