import type { Receipt } from "../../harness/record/model.ts";
import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import type { Guard } from "../journal/change.ts";
import { LinkEvidence } from "../probe/link-evidence.ts";
import { describeParams, sameParams } from "../wan/link-params.ts";
import type { LinkStack } from "../wan/link-stack.ts";
import { validateLinks } from "../wan/validate-links.ts";
import type { DirectedLink, LinkDirection } from "../wan/wan-engine.ts";
import { ChangeFault } from "./change-fault.ts";
import type { Fault } from "./fault.ts";
import { describeLinks, linkChanges } from "./link-changes.ts";
import { linksOf, TimelineRun, type LinkTimeline } from "./link-timeline.ts";

export interface LinkFaultOptions {
  /** Unique within the phase. */
  name: string;
  /** Name of the phase, for the receipt. */
  phase: string;
  /** Its layer goes on top. */
  stack: LinkStack;
  guard: Guard;
  /** Every machine of the WAN, tester included. */
  nodes: readonly NodeHandle[];
  /** The machine whose WAN engine impairs what another sends. @default `wan` for all */
  wanHost?: (from: string) => string;
  /** Folder of edgeproof's own programs on the machines (`FaultRig.paths.runtime`). */
  runtime: string;
  timeline: LinkTimeline;
  /** See `LinkEvidence`. @default "directions" */
  depth?: "pings" | "directions";
  /** ms between the probes. @default 10 */
  intervalMs?: number;
  /** See `FaultRig.probeShare`. */
  probeShare?: number | undefined;
  /** Machines that another fault takes down in the same window: no probe could come back from them. */
  unprobed?: readonly string[];
}

/**
 * Impaired links or partitions: a layer of the link stack, put in force by the WAN engine and proved by probes of every
 * pair concerned. When the tester is gone, the machines that impair take all impairments away by themselves.
 */
export class LinkFault implements Fault {
  readonly name: string;
  readonly affects: readonly string[];
  private readonly options: LinkFaultOptions;
  private readonly layer: string;
  private readonly directions: readonly LinkDirection[];
  private readonly evidence: LinkEvidence;
  private readonly change: ChangeFault;
  private readonly troubles: string[] = [];
  private steps: TimelineRun | undefined;
  private healed = false;

  /** Refuses links that cannot be. */
  constructor(options: LinkFaultOptions) {
    const { name, phase, stack, nodes, timeline, unprobed = [], runtime } = options;
    const names = nodes.map((node) => node.name);
    for (const links of [timeline.first, ...(timeline.steps ?? []).map((step) => step.links)])
      validateLinks(links, names);
    const links = linksOf(timeline);
    this.name = name;
    this.options = options;
    this.layer = `${phase}/${name}`;
    this.directions = [...new Map(links.map(({ from, to }) => [`${from}\0${to}`, { from, to }])).values()];
    this.affects = [...new Set(this.directions.flatMap(({ from, to }) => [from, to]))];
    const { depth = "directions", intervalMs, probeShare = 1 } = options;
    this.evidence = new LinkEvidence({
      stack,
      layer: this.layer,
      links,
      nodes: nodes.filter((node) => !unprobed.includes(node.name)),
      runtime,
      depth,
      probeShare,
      ...(intervalMs ? { intervalMs } : {}),
    });
    this.change = new ChangeFault({
      name,
      phase,
      description: [...describeLinks(timeline.first), this.evidence.sample].filter(Boolean).join("; "),
      guard: options.guard,
      affects: this.affects,
      evidence: this.evidence,
      changes: linkChanges({
        ...{ stack, layer: this.layer, first: timeline.first, links, runtime },
        wanHost: (from) => this.hostOf(from),
      }),
    });
  }

  private hostOf(from: string): string {
    return this.options.wanHost?.(from) ?? "wan";
  }

  describe(): string {
    return this.change.describe();
  }

  /** A line for each direction and moment of change. */
  plan(): string[] {
    const { timeline } = this.options;
    const describe = (links: readonly DirectedLink[], when = ""): string[] =>
      links.map((link) => `${this.hostOf(link.from)}: ${when}${describeLinks([link])[0]}`);
    const { steps = [], repeatAfterMs } = timeline;
    let at = 0;
    const later = steps.flatMap(({ afterMs, links }) => {
      at += afterMs;
      return describe(links, `after ${at / 1000} s: `);
    });
    return [
      ...describe(timeline.first),
      ...later,
      ...(repeatAfterMs === undefined
        ? []
        : [`after ${(at + repeatAfterMs) / 1000} s: again from the beginning, until healed`]),
    ];
  }

  async inject(): Promise<void> {
    await this.change.inject();
    const { stack, timeline } = this.options;
    if (timeline.steps) this.steps = new TimelineRun(timeline, (links) => stack.set(this.layer, links));
  }

  async heal(): Promise<void> {
    const { steps } = this;
    this.steps = undefined;
    await steps?.stop();
    if (steps?.failure !== undefined)
      this.troubles.push(`a step could not be put in force: ${String(steps.failure)}`);
    if (this.options.stack.has(this.layer)) await this.compareWithEngine();
    else if (!this.healed) this.troubles.push("its links were not in force at the end");
    this.healed = true;
    await this.change.heal().finally(() => this.evidence.close());
  }

  /** Whether the engine has in force what all layers ask for; this can only break a receipt, never make it hold. */
  private async compareWithEngine(): Promise<void> {
    const { engine } = this.options.stack;
    const asked = this.directions.map((link) => ({ ...link, params: this.options.stack.effective(link) }));
    const inForce = await engine.inForce().catch((error: unknown) => {
      this.troubles.push(`the WAN engine does not say what is in force: ${String(error)}`);
    });
    for (const { from, to, params } of inForce ? asked : []) {
      const found = inForce?.find((link) => link.from === from && link.to === to)?.params ?? {};
      // Another fault's change may have come in between.
      const now = this.options.stack.effective({ from, to });
      if (sameParams(params, found) || !sameParams(params, now)) continue;
      const is = `${from} -> ${to}: the engine has ${describeParams(found)} in force at the end`;
      this.troubles.push(`${is}, ${describeParams(params)} asked`);
    }
  }

  async verify(): Promise<Receipt> {
    const receipt = await this.change.verify();
    const reasons = [...this.troubles, ...this.evidence.troubles, ...receipt.reasons];
    return { ...receipt, held: reasons.length === 0, reasons };
  }
}
