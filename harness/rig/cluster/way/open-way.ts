import type { KubeConfig } from "@kubernetes/client-node";

import type { FunctionWay } from "../../function-way.ts";
import type { GatewayState } from "../cluster-state.ts";
import { ForwardWay } from "./forward-way.ts";

/** Node ports at one address that this machine reaches. */
const nodeWay = (address: string): FunctionWay => ({
  described: `node port at ${address}`,
  urlOf: ({ nodePort, path }) => Promise.resolve(`http://${address}:${nodePort}/${path}`),
  close: () => Promise.resolve(),
});

export const openWay = (gateway: GatewayState, kube: KubeConfig, namespace: string): FunctionWay =>
  gateway.kind === "node" ? nodeWay(gateway.address) : new ForwardWay(kube, namespace);
