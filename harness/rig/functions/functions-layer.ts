import type { ScaleOut } from "../../record/model.ts";

/** A function to deploy: an image that is on every node, answering HTTP on 8080 with the `Edgeproof-*` headers. */
export interface FunctionPlace {
  name: string;
  /** Image reference on the nodes. */
  image: string;
  /** Restrict to nodes of this device class. */
  deviceClass?: string;
  /** Restrict to these nodes, by name, in place of the class's label. */
  nodes?: readonly string[];
  /** When the kubelet gets the image. @default "Never": it is on the nodes */
  pull?: "Never" | "IfNotPresent";
  /** Environment of its container. */
  env?: Readonly<Record<string, string>>;
  /** Secret of the functions' namespace whose entries are in the environment, too. */
  secret?: string;
  /** Share of its own time that it takes longer, on purpose. @default 0 */
  slow?: number;
}

/** With a number of replicas that stays until somebody asks for another. */
export interface FunctionSpec extends FunctionPlace {
  replicas: number;
}

/** How a function follows its load. */
export interface Autoscale {
  /** 0: without requests, no pod is left. */
  minReplicas: number;
  /** Never more than so many. */
  maxReplicas: number;
  /** Replicas before the first request. @default 0 */
  initialReplicas?: number;
  /** Requests in flight that Knative's autoscaler wants each pod to have. */
  targetConcurrency: number;
  /** CPU that a HorizontalPodAutoscaler wants each pod to use, thousandths of a core. @default 200 */
  targetCpuMillis?: number;
}

/** With as many replicas as its load asks for. */
export interface AutoscaledSpec extends FunctionPlace {
  autoscale: Autoscale;
}

export interface DeployedFunction {
  name: string;
  /** Port at every node's overlay address that leads to the function. */
  nodePort: number;
  /** Where it lies there: empty, or with a slash at its end. */
  path: string;
  /** What requests must name as their Host; absent where the path is enough. */
  host?: string;
}

export type FunctionsLayerName = "deployment" | "knative" | "openfaas";

/** What runs functions on the cluster. A fixed number of replicas is a plain Deployment in every layer. */
export interface FunctionsLayer {
  readonly name: FunctionsLayerName;
  /** Creates the function, and resolves when all replicas are ready and their endpoints are published. */
  deploy(spec: FunctionSpec): Promise<DeployedFunction>;
  /** Creates the function, and resolves when a request to it would be served, be it by a pod that it wakes. */
  deployAutoscaled(spec: AutoscaledSpec): Promise<DeployedFunction>;
  /** Asks for another replica count and records every new pod's way to Ready; resolves then or at the time limit. */
  scale(name: string, replicas: number, timeoutMs: number): Promise<Omit<ScaleOut, "phase">>;
  /** Resolves when exactly so many pods exist and all are ready: none still starting, none still ending. */
  settle(name: string, replicas: number, timeoutMs: number): Promise<void>;
  /** Removes it, whichever way it was deployed; nothing to remove is no error. */
  remove(name: string): Promise<void>;
}
