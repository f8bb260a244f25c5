import { request } from "node:https";

import { loadKubeconfig } from "../../rig/kube/kube-client.ts";

/**
 * A process of its own: `raw-watch KUBECONFIG PATH`. Watches pods with nothing between the API and the clock, and prints
 * a line of JSON, `{uid, at}`, when one is Ready for the first time; an empty line once the watch is open.
 */
const [kubeconfig = "", path = ""] = process.argv.slice(2);

interface News {
  type: string;
  object: { metadata?: { uid?: string }; status?: { conditions?: { type: string; status: string }[] } };
}

const config = loadKubeconfig(kubeconfig);
const options = { method: "GET" };
await config.applyToHTTPSOptions(options);
const seen = new Set<string>();
let rest = "";
request(`${config.getCurrentCluster()?.server}${path}`, options, (answer) => {
  process.stdout.write("\n");
  answer.on("data", (chunk: Buffer) => {
    const at = Date.now();
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const { object } = JSON.parse(line) as News;
      const uid = object.metadata?.uid ?? "";
      const ready = object.status?.conditions?.some(
        ({ type, status }) => type === "Ready" && status === "True",
      );
      if (!ready || seen.has(uid)) continue;
      seen.add(uid);
      process.stdout.write(`${JSON.stringify({ uid, at })}\n`);
    }
  });
}).end();
