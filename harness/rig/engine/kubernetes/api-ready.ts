import { request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";

import type { KubeConfig } from "@kubernetes/client-node";

import { rigError } from "../../../errors.ts";
import { loadKubeconfig } from "../../kube/kube-client.ts";

const TIMEOUT_MS = 90_000;
/** The API server has no event for "all start-up hooks ran"; asking costs it next to nothing. */
const INTERVAL_MS = 50;
/** What is asked again before it answered only makes a slow one slower. */
const ASK_LIMIT_MS = 2_000;

async function ready(config: KubeConfig, limitMs: number): Promise<string> {
  const options = { method: "GET", timeout: limitMs };
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve) => {
    const asked = request(`${config.getCurrentCluster()?.server}/readyz`, options as never, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode === 200 ? "" : `HTTP ${answer.statusCode}`));
    });
    asked.once("error", (error) => resolve(error.message));
    asked.once("timeout", () => asked.destroy(new Error(`no answer in ${limitMs / 1000} s`)));
    asked.end();
  });
}

/** Resolves when `/readyz` says ok: the API serves and its start-up hooks (default roles and the like) are done. */
export async function untilApiReady(kubeconfigPath: string, patience = 1): Promise<void> {
  const timeoutMs = TIMEOUT_MS * patience;
  const config = loadKubeconfig(kubeconfigPath);
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const complaint = await ready(config, ASK_LIMIT_MS * patience);
    if (!complaint) return;
    if (Date.now() > deadline)
      throw rigError(
        "API_NOT_READY",
        `the API server is not ready after ${timeoutMs / 1000} s: ${complaint}`,
        {
          where: config.getCurrentCluster()?.server ?? kubeconfigPath,
          fix: "see logs/NODE/kube-apiserver.log in the run folder",
        },
      );
    await delay(INTERVAL_MS * patience);
  }
}
