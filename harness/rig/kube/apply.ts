import type { KubernetesObject } from "@kubernetes/client-node";

import { setTimeout as delay } from "node:timers/promises";

import { rigError } from "../../errors.ts";
import { type ApiAnswer, ApiRequests, succeeded } from "./api-request.ts";

/** Owner of what is applied: applying again without a field removes it, so what is apart has an owner of its own. */
const FIELD_MANAGER = "edgeproof";

/** Path of an object; its kind's plural is regular in every API that edgeproof applies, as English has it. */
export function objectPath({ apiVersion = "", kind = "", metadata }: KubernetesObject): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const inside = metadata?.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  const plural = `${kind.toLowerCase()}${kind.endsWith("s") ? "es" : "s"}`;
  return `${root}${inside}/${plural}/${metadata?.name}`;
}

/**
 * Server-side apply of one object, whatever its kind: the client library's own create drops what its types do not know,
 * such as `x-kubernetes-preserve-unknown-fields` of a CustomResourceDefinition.
 */
export function apply(
  api: ApiRequests,
  object: KubernetesObject,
  dryRun = false,
  manager = FIELD_MANAGER,
): Promise<ApiAnswer> {
  const path = `${objectPath(object)}?fieldManager=${manager}&force=true${dryRun ? "&dryRun=All" : ""}`;
  return api.send({ method: "PATCH", path, body: object, contentType: "application/apply-patch+yaml" });
}

/** The API's own words of why, from a `Status` object. */
export function complaint({ status, body }: ApiAnswer): string {
  if (status === 0) return "no answer";
  try {
    return (JSON.parse(body) as { message?: string }).message ?? `HTTP ${status}`;
  } catch {
    return `HTTP ${status} ${body.slice(0, 200)}`;
  }
}

/** Objects that are sent at once: each CustomResourceDefinition makes the API server publish all of its schemas anew. */
const AT_ONCE = 4;
/** Waits before an object is sent again, ms: the API server of a slow board is busy for that long with those before. */
const AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** No answer, or one that says to come again: applying twice is applying once. */
const isPassing = ({ status }: ApiAnswer): boolean => status === 0 || status === 429 || status >= 500;

async function applied(api: ApiRequests, object: KubernetesObject, manager: string): Promise<ApiAnswer> {
  let answer = await apply(api, object, false, manager);
  for (const wait of AGAIN_MS) {
    if (!isPassing(answer)) break;
    await delay(wait);
    answer = await apply(api, object, false, manager);
  }
  return answer;
}

/**
 * A few at a time, in their order.
 *
 * @throws EdgeproofError with the API's words, and the object that it did not take
 */
export async function applyAll(
  api: ApiRequests,
  objects: readonly KubernetesObject[],
  manager = FIELD_MANAGER,
): Promise<void> {
  const left = objects.values();
  const worker = async (): Promise<void> => {
    for (const object of left) {
      const answer = await applied(api, object, manager);
      if (!succeeded(answer))
        throw rigError("NOT_APPLIED", `the API did not take it: ${complaint(answer)}`, {
          where: objectPath(object),
        });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
