import type { FaultDefinition } from "../../chaos/faults/definition.ts";
import type { LinkDirection } from "../../chaos/wan/wan-engine.ts";
import type { Topology } from "../config/model.ts";
import type { Objective } from "../judge/objective.ts";
import type { AbortCondition, ScenarioInput } from "./schema.ts";

/** A target with its selectors resolved to names. */
export type ResolvedTarget =
  | { kind: "nodes"; nodes: string[] }
  | { kind: "links"; directions: LinkDirection[] }
  | { kind: "stream"; point: "gateway" | "api" | "service" | "workload"; node: string; service: string }
  | { kind: "rig" };

/** One fault of the fault phase, as many times as it is repeated. */
export interface ScenarioFault {
  /** Unique within the scenario. */
  name: string;
  definition: FaultDefinition;
  /** As the definition's schema gave them. */
  params: unknown;
  target: ResolvedTarget;
  /** What a seed chose; empty where nothing was left to chance. */
  chosen: string;
  /** ms from the beginning of the phase. */
  atMs: number;
  /** ms that it is in force; undefined: to the end of the phase. */
  forMs: number | undefined;
  repeat: { everyMs: number; times: number } | undefined;
  /** `file:line:column`. */
  where: string;
}

export interface ScenarioLoad {
  fn: "hello-world" | "payload-echo" | "fib";
  timeoutMs: number;
  replicas: number | undefined;
  path: string;
  bodyBytes: number;
}

interface PhasePlan {
  /** Name in the record. */
  name: string;
  durationMs: number;
  /** Requests a second; 0 without load. */
  rate: number;
}

export interface GuardRails {
  maxNodes: number;
  allowServer: boolean;
  abort: AbortCondition[];
}

/** A validated scenario: every name exists in its topology, every parameter is possible. */
export interface Scenario {
  name: string;
  description: string;
  notRun: string | undefined;
  topology: Topology;
  load: ScenarioLoad | undefined;
  observe: string[];
  steady: PhasePlan;
  fault: PhasePlan & { faults: ScenarioFault[]; scale: ScenarioInput["phases"]["fault"]["scale"] };
  healed: PhasePlan & { settleMs: number | undefined };
  objectives: Objective[];
  guard: GuardRails;
  /** File it came from, for messages. */
  file: string;
}
