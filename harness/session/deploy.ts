import type { FunctionName } from "../rig/functions/function-images.ts";
import type { Rig } from "../rig/rig.ts";
import type { Gateway, GatewayRoute } from "./gateway.ts";

/** Deploys a function on the rig and opens the tester's way to it. */
export async function deployFunction(
  rig: Rig,
  gateway: Gateway,
  name: FunctionName,
  replicas: number,
): Promise<GatewayRoute> {
  return gateway.open(await rig.functions.deploy({ name, image: rig.image(name), replicas }));
}
