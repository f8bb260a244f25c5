import type { CoreV1Api } from "@kubernetes/client-node";

import { rigError } from "../../errors.ts";

/** The first node port of a Service. @throws EdgeproofError where it has none */
export async function nodePortOf(
  core: CoreV1Api,
  service: { name: string; namespace: string },
): Promise<number> {
  const { spec } = await core.readNamespacedService(service);
  const port = spec?.ports?.[0]?.nodePort;
  if (port === undefined)
    throw rigError("NO_NODE_PORT", `the service ${service.namespace}/${service.name} has no node port`);
  return port;
}
