import type { FunctionName } from "../rig/functions/function-images.ts";
import type { AutoscaledSpec, FunctionSpec } from "../rig/functions/functions-layer.ts";
import type { Rig } from "../rig/rig.ts";
import type { Gateway, GatewayRoute } from "./gateway.ts";

/** Deploys a function that scales with its load, under a name of its own: the same image may serve in other ways, too. */
export async function deployAutoscaledFunction(
  rig: Rig,
  gateway: Gateway,
  { image, ...spec }: Omit<AutoscaledSpec, "image"> & { image: FunctionName },
): Promise<GatewayRoute> {
  return gateway.lead(await rig.functions.deployAutoscaled({ ...spec, image: rig.image(image) }));
}

/** Deploys a function on the rig and opens the tester's way to it. */
export async function deployFunction(
  rig: Rig,
  gateway: Gateway,
  { name, ...spec }: Omit<FunctionSpec, "image"> & { name: FunctionName },
): Promise<GatewayRoute> {
  return gateway.lead(await rig.functions.deploy({ ...spec, name, image: rig.image(name) }));
}
