import type { WorkloadKind } from "../../config/model.ts";
import type { Target } from "../../toolchain/node-target.ts";
import type { StoredImage } from "../images/image-store.ts";

/** Namespace of all workloads. */
export const WORKLOADS_NAMESPACE = "edgeproof-workloads";
export const LABEL_WORKLOAD = "edgeproof.dev/workload";
/** Of the Service: the node that it runs on, whose overlay address the tester dials. */
export const ANNOTATION_NODE = "edgeproof.dev/node";
/** Where the ConfigMap's files appear in the container. */
export const FILES_PATH = "/etc/edgeproof";
/** Where what must outlive the process lies in the container; a folder of the node's disk. */
export const DATA_PATH = "/data";

/** What a definition can make its image of. */
export interface WorkloadImageContext {
  target: Target;
  /** Folder of archives that nodes see as `IMAGES_PATH`. */
  archives: string;
  /** Image of a static program of the toolchain. */
  toolImage: (tool: string) => Promise<StoredImage>;
  /** Image of a program of edgeproof's own. */
  ownImage: (program: "record-log" | "volume-helper") => Promise<StoredImage>;
  onProgress: (message: string) => void;
  signal: AbortSignal | undefined;
}

export interface WorkloadPort {
  /** At most 15 characters, as Kubernetes wants it. */
  name: string;
  port: number;
}

/** A server that a topology can ask for. One file each; `catalogue.ts` lists them. */
export interface WorkloadDefinition {
  readonly kind: WorkloadKind;
  /** Programs of the toolchain that its image is made of. */
  readonly tools: readonly string[];
  readonly image: (context: WorkloadImageContext) => Promise<StoredImage>;
  /** The first is ready when it takes a TCP connection, and is the one that a workload's address means. */
  readonly ports: readonly [WorkloadPort, ...WorkloadPort[]];
  /** Instead of the image's entry point, where images of one program differ in theirs. */
  readonly command?: readonly string[];
  readonly args: readonly string[];
  /** Files by name, put into `FILES_PATH`. */
  readonly files: Readonly<Record<string, string>>;
  /** Its data lies on a volume of the class `local-path`; without it, in a folder of the node's disk. */
  readonly volume?: { readonly sizeMiB: number };
  /** Environment variables whose values are made for each rig: its keys. */
  readonly secrets?: readonly string[];
  readonly memoryMiB: number;
}
