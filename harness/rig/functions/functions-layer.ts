import type { ScaleOut } from "../../record/model.ts";

/** A function to deploy: an image that is on every node, answering HTTP on 8080 with the `Edgeproof-*` headers. */
export interface FunctionSpec {
  name: string;
  /** Image reference on the nodes. */
  image: string;
  replicas: number;
  /** Restrict to nodes of this device class. */
  deviceClass?: string;
}

export interface DeployedFunction {
  spec: FunctionSpec;
  /** Port at every node's overlay address that leads to the function. */
  nodePort: number;
}

/** What runs functions on the cluster. Scale from and to zero belong to later layers (`knative`, `openfaas`). */
export interface FunctionsLayer {
  readonly name: string;
  /** Creates the function, and resolves when all replicas are ready and their endpoints are published. */
  deploy(spec: FunctionSpec): Promise<DeployedFunction>;
  /** Asks for another replica count and records every new pod's way to Ready; resolves then or at the time limit. */
  scale(name: string, replicas: number, timeoutMs: number): Promise<Omit<ScaleOut, "phase">>;
  /** Resolves when exactly so many pods exist and all are ready: none still starting, none still ending. */
  settle(name: string, replicas: number, timeoutMs: number): Promise<void>;
  remove(name: string): Promise<void>;
}
