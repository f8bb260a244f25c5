import type { z } from "zod";

import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import type { Guard } from "../journal/change.ts";
import type { LinkStack } from "../wan/link-stack.ts";
import type { LinkDirection } from "../wan/wan-engine.ts";
import type { FaultRig } from "./fault-rig.ts";
import type { Fault } from "./fault.ts";

export type FaultLayer = "link" | "stream" | "node" | "overlay" | "platform";

/** What a fault is aimed at, by the layer's kind of target. Selectors were resolved; lists are never empty. */
export type FaultTarget =
  | { kind: "nodes"; nodes: readonly NodeHandle[] }
  | { kind: "links"; directions: readonly LinkDirection[] }
  /**
   * A way of TCP streams: `gateway` (tester -> function), `api` (a node -> API server), `service` (pods -> a service),
   * `workload` (tester -> broker).
   */
  | { kind: "stream"; point: "gateway" | "api" | "service" | "workload"; node: NodeHandle; service: string }
  /** The cluster or the overlay as a whole. */
  | { kind: "rig" };

export interface FaultContext {
  /** Unique within the phase; the definition's name, with a number where it occurs again. */
  name: string;
  phase: string;
  rig: FaultRig;
  guard: Guard;
  /** Layers of link parameters over one another. */
  links: LinkStack;
  /** Of this fault, derived from the run's. */
  seed: number;
  /** Machines that other faults of the phase take down: no probe could come back from them. */
  unprobed: readonly string[];
  /** Node port URL of a deployed function (`http://198.19.0.1:31234/`) as the tester reaches it, for stream faults. */
  functionUrl(fn: string): string;
}

/** A fault of the catalogue. One file each; `chaos/faults/catalogue.ts` lists them. */
export interface FaultDefinition<Params = unknown> {
  /** Kebab-case, with the layer's noun first: `link-delay`, `node-pause`. */
  name: string;
  layer: FaultLayer;
  /** One sentence: what it does. */
  summary: string;
  target: FaultTarget["kind"];
  /** A strict object; every key has a description with its unit, default and limits. */
  parameters: z.ZodType<Params>;
  /** What its receipt measures, one sentence. */
  proof: string;
  /** How it is undone, and by whom when the tester is gone, one sentence. */
  undo: string;
  /**
   * It needs nothing but the API, and so can be had on a cluster of which nothing else is reached: it changes the functions
   * alone, or nodes that others use, too. @default it needs machines or links
   */
  byApi?: "functions" | "nodes";
  /** Where it cannot be had, or is known not to work; empty if nowhere. */
  limits: readonly string[];
  /** YAML of one fault of a scenario. */
  example: string;
  /**
   * Makes the fault. Refuses what physics, the kernel or the driver cannot give with an `EdgeproofError` (usage): nothing
   * was touched then.
   */
  build(params: Params, target: FaultTarget, context: FaultContext): Fault | Promise<Fault>;
}

/** Keeps the type of the parameters between `parameters` and `build`. */
export const defineFault = <Params>(definition: FaultDefinition<Params>): FaultDefinition => definition;
