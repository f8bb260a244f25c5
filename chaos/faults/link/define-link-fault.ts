import type { z } from "zod";

import type { LinkParams } from "../../../harness/config/model.ts";
import { usageError } from "../../../harness/errors.ts";
import { noWanError } from "../../wan/no-wan.ts";
import type { DirectedLink, LinkDirection } from "../../wan/wan-engine.ts";
import { defineFault, type FaultContext, type FaultDefinition } from "../definition.ts";
import { LinkFault } from "../link-fault.ts";
import type { LinkTimeline } from "../link-timeline.ts";

export interface LinkFaultSpec<Params> {
  name: string;
  summary: string;
  parameters: z.ZodType<Params>;
  proof: string;
  limits?: readonly string[];
  example: string;
  /** Refuses with a usage error what cannot be given or measured. */
  timeline(params: Params, directions: readonly LinkDirection[], context: FaultContext): LinkTimeline;
  /** Between probes, ms: shorter for what is seldom. @default 10 */
  intervalMs?(params: Params): number;
}

const UNDO =
  "The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.";

/** A fault of one layer of link parameters. */
export const defineLinkFault = <Params>(spec: LinkFaultSpec<Params>): FaultDefinition =>
  defineFault<Params>({
    name: spec.name,
    layer: "link",
    summary: spec.summary,
    target: "links",
    parameters: spec.parameters,
    proof: spec.proof,
    undo: UNDO,
    limits: spec.limits ?? [],
    example: spec.example,
    build(params, target, context) {
      if (target.kind !== "links")
        throw usageError("fault-target", `${spec.name} acts on links, not on ${target.kind}`, {
          where: context.name,
          expected: "a target of links",
        });
      const { name, phase, links: stack, guard, rig, unprobed } = context;
      const { wanHost } = rig;
      if (!wanHost) throw noWanError(`fault ${name}`);
      const intervalMs = spec.intervalMs?.(params);
      return new LinkFault({
        name,
        phase,
        stack,
        guard,
        nodes: rig.machines,
        wanHost,
        runtime: rig.paths.runtime,
        timeline: spec.timeline(params, target.directions, context),
        unprobed,
        probeShare: rig.probeShare,
        ...(intervalMs === undefined ? {} : { intervalMs }),
      });
    },
  });

/** The same parameters in every direction of the target. Those of no magnitude are not named, so that nothing changes. */
export const everywhere = (directions: readonly LinkDirection[], params: LinkParams): DirectedLink[] =>
  directions.map(({ from, to }) => ({ from, to, params: { ...params } }));

/** Nothing in the layer: what lies below it is in force. */
export const nowhere = (directions: readonly LinkDirection[]): DirectedLink[] => everywhere(directions, {});

/** A refusal before anything is touched. */
export const refuse = (fault: string, what: string, expected: string): never => {
  throw usageError("fault-magnitude", what, {
    where: fault,
    expected,
    fix: "Correct the fault's parameters in the scenario.",
  });
};
