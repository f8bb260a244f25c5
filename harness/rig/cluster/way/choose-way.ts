import { setTimeout as delay } from "node:timers/promises";

import { rigError } from "../../../errors.ts";
import type { FunctionWay } from "../../function-way.ts";
import type { DeployedFunction } from "../../functions/functions-layer.ts";
import type { GatewayState } from "../cluster-state.ts";
import type { FoundNode } from "../discover.ts";

const LIMIT_MS = 2_000;
/** kube-proxy may learn of a new service a moment after its pods are ready. */
const TRIES = 3;
const BETWEEN_MS = 250;
/** Of a large cluster; they are alike. */
const MOST_NODES = 6;

async function answers(base: string): Promise<boolean> {
  for (let left = TRIES; left > 0; left--) {
    const signal = AbortSignal.timeout(LIMIT_MS);
    const { ok } = await fetch(`${base}healthz`, { signal }).catch(() => ({
      ok: false,
    }));
    if (ok) return true;
    if (left > 1) await delay(BETWEEN_MS);
  }
  return false;
}

/**
 * How this machine's requests come to functions, by trying: a function that is deployed says what answers.
 *
 * @param wanted `auto`, `node`, `forward` or an address
 * @throws EdgeproofError where what is wanted does not answer
 */
export async function chooseWay(
  wanted: string,
  { nodePort }: Pick<DeployedFunction, "nodePort">,
  nodes: readonly Pick<FoundNode, "addresses">[],
): Promise<GatewayState> {
  if (wanted === "forward") return { kind: "forward" };
  const asked =
    wanted === "auto" || wanted === "node"
      ? nodes.slice(0, MOST_NODES).flatMap(({ addresses }) => addresses)
      : [wanted];
  const found = await Promise.all(asked.map((address) => answers(`http://${address}:${nodePort}/`)));
  const address = asked[found.indexOf(true)];
  if (address !== undefined) return { kind: "node", address };
  if (wanted === "auto") return { kind: "forward" };
  throw rigError("GATEWAY_SILENT", `no answer by the node port ${nodePort}`, {
    where: asked.join(", ") || "no node has an IPv4 address",
    expected: `an answer to /healthz within ${LIMIT_MS / 1000} s`,
    fix: "let this machine reach the nodes' ports 30000-32767, or use `gateway: forward`",
  });
}

/** A port-forward that was chosen, too, has to lead to the function. @throws EdgeproofError */
export async function ensureForwards(way: FunctionWay, deployed: DeployedFunction): Promise<void> {
  const url = await way.urlOf(deployed);
  if (await answers(url)) return;
  const { trouble } = way;
  throw rigError("GATEWAY_SILENT", "a port-forward through the API leads to no answer", {
    where: url,
    expected: `an answer to /healthz within ${LIMIT_MS / 1000} s`,
    fix: "try `kubectl port-forward` into a pod of the cluster; if it works, name the nodes' address with `gateway:` and report this",
    ...(trouble === undefined ? {} : { cause: new Error(trouble) }),
  });
}
