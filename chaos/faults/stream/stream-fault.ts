import type { z } from "zod";

import { usageError } from "../../../harness/errors.ts";
import { ChangeFault } from "../change-fault.ts";
import { type FaultDefinition, defineFault } from "../definition.ts";
import { untilNodeReady } from "../platform/node-ready.ts";
import { streamChanges } from "./stream-changes.ts";
import { StreamEvidence, type StreamProof } from "./stream-evidence.ts";
import { resolveWay } from "./stream-way.ts";
import type { Toxic } from "./toxic.ts";

const LIMITS = [
  "TCP only, and new connections: those that are there are reset, and come again through toxiproxy.",
  "One stream fault at a time on each way.",
  "`workload` is a broker of the topology's, mosquitto or nats; the proof opens a session of its own.",
  "A `service` must answer HTTP, and needs a pod on the node: the proof looks from that pod's network namespace.",
  "`api` concerns the node's own processes (kubelet, kube-proxy, K3s), not its pods: take the service default/kubernetes for them.",
  "toxiproxy takes whole milliseconds, and 8 kbit as the unit of rates.",
  "toxiproxy opens one connection after the other: while its own to the target is not answered, new ones wait. On a link that loses packets that is 1 s, 3 s and so on.",
];
const UNDO =
  "The nft table of the fault is deleted and its toxiproxy ended; the machine does both alone when its lease runs out.";

export interface StreamFaultSpec<Params> {
  name: string;
  summary: string;
  parameters: z.ZodType<Params>;
  proofText: string;
  limits?: readonly string[];
  /** YAML of `parameters`' keys, without indentation. */
  exampleParameters: readonly string[];
  /** For people. */
  describe: (params: Params) => string;
  /** Throws an EdgeproofError where toxiproxy cannot do it. */
  toxics: (params: Params) => Toxic[];
  /** False: the proxy refuses connections. @default true */
  enabled?: boolean;
  proof: (params: Params) => StreamProof;
}

/** A definition of the catalogue out of toxics and what proves them. */
export const defineStreamFault = <Params>(spec: StreamFaultSpec<Params>): FaultDefinition =>
  defineFault<Params>({
    name: spec.name,
    layer: "stream",
    summary: spec.summary,
    target: "stream",
    parameters: spec.parameters,
    proof: spec.proofText,
    undo: UNDO,
    limits: [...LIMITS, ...(spec.limits ?? [])],
    example: [`- fault: ${spec.name}`, "  target: { point: gateway }", ...keys(spec.exampleParameters)].join(
      "\n",
    ),
    async build(params, target, context) {
      if (target.kind !== "stream")
        throw usageError(
          "STREAM_TARGET",
          `${spec.name} is aimed at a way of streams, not at ${target.kind}`,
          {
            expected: "one of gateway, api, service, workload",
          },
        );
      const { enabled = true } = spec;
      const setting = { toxics: spec.toxics(params), enabled };
      const { rig, guard, name, phase } = context;
      const way = await resolveWay(target, context);
      return new ChangeFault({
        ...{ name, phase, guard },
        description: `${spec.describe(params)} on ${way.name}`,
        changes: streamChanges(rig, way, setting),
        evidence: new StreamEvidence(way, spec.proof(params), rig.paths, rig.probeShare),
        affects: [way.machine.name],
        // A kubelet that could not renew its lease in time is NotReady for a while.
        ...(target.point === "api" ? { recovered: () => untilNodeReady(rig.kube, way.machine.name) } : {}),
      });
    },
  });

const keys = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** Whole steps of what toxiproxy counts in. */
export function wholeSteps(name: string, value: number, step: number, unit: string): number {
  if (Number.isInteger(value / step)) return value / step;
  throw usageError("STREAM_STEP", `${name} ${value} ${unit} cannot be had from toxiproxy`, {
    expected: `a multiple of ${step} ${unit}`,
  });
}
