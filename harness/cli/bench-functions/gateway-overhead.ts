import { CoreV1Api } from "@kubernetes/client-node";

import type { Measured } from "../../../chaos/bench/figure.ts";
import { httpProbe } from "../../../chaos/probe/http-probe.ts";
import { rigError } from "../../errors.ts";
import { quantile, sorted } from "../../judge/quantile.ts";
import { LABEL_FUNCTION, NAMESPACE } from "../../rig/functions/manifests.ts";
import { loadKubeconfig } from "../../rig/kube/kube-client.ts";
import type { Rig } from "../../rig/rig.ts";

const LIMIT_MS = 2;
const BLOCKS = 20;
const REQUESTS = 50;

/**
 * What the way by the gateway, the activator and the queue-proxy takes beyond a call of the pod itself, asked in turn from
 * the node on which all of them are, each request on a connection of its own.
 */
export async function gatewayOverhead(rig: Rig): Promise<Measured[]> {
  const name = "hello-bench";
  const { nodePort, path } = await rig.functions.deployAutoscaled({
    name,
    image: rig.image("hello-world"),
    deviceClass: rig.entry.deviceClass,
    autoscale: { minReplicas: 1, maxReplicas: 1, initialReplicas: 1, targetConcurrency: 100 },
  });
  try {
    await rig.functions.settle(name, 1, 60_000);
    const { items } = await loadKubeconfig(rig.kubeconfig)
      .makeApiClient(CoreV1Api)
      .listNamespacedPod({ namespace: NAMESPACE, labelSelector: `${LABEL_FUNCTION}=${name}` });
    const pod = items[0];
    if (!pod?.status?.podIP || pod.spec?.nodeName !== rig.entry.name)
      throw rigError("BENCH_POD", `${name} has no pod on ${rig.entry.name}`);
    const ways = {
      direct: `http://${pod.status.podIP}:8080/`,
      gateway: `http://${rig.entry.overlay}:${nodePort}/${path}`,
    };
    const times: Record<keyof typeof ways, number[]> = { direct: [], gateway: [] };
    // The first block fills connections and caches.
    for (let block = 0; block <= BLOCKS; block++)
      for (const way of ["direct", "gateway"] as const) {
        const answers = await httpProbe(rig.entry, ways[way], {
          count: REQUESTS,
          intervalMs: 2,
          timeoutMs: 2_000,
        });
        if (block > 0) times[way].push(...answers.map((ms) => ms ?? Infinity));
      }
    const at = (way: keyof typeof ways, q: number): number => quantile(sorted(times[way]), q);
    const overhead = (q: number): number => at("gateway", q) - at("direct", q);
    const figure = { group: "functions", unit: "ms" } as const;
    const note = (q: number): string =>
      `${at("gateway", q).toFixed(2)} against ${at("direct", q).toFixed(2)} ms`;
    return [
      { ...figure, what: "gateway beyond the pod itself, p50", measured: overhead(0.5), note: note(0.5) },
      {
        ...figure,
        what: "gateway beyond the pod itself, p95",
        measured: overhead(0.95),
        target: `<= ${LIMIT_MS}`,
        met: overhead(0.95) <= LIMIT_MS,
        note: note(0.95),
      },
    ];
  } finally {
    await rig.functions.remove(name);
  }
}
