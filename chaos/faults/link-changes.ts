import { rigError } from "../../harness/errors.ts";
import type { Change } from "../journal/change.ts";
import { wanClearArgv } from "../wan/control-argv.ts";
import { describeParams } from "../wan/link-params.ts";
import type { LinkStack } from "../wan/link-stack.ts";
import type { DirectedLink } from "../wan/wan-engine.ts";

export interface LinkChanges {
  stack: LinkStack;
  layer: string;
  /** What is put in force first. */
  first: readonly DirectedLink[];
  /** Everything that the layer will ask for, at any time. */
  links: readonly DirectedLink[];
  /** The machine whose WAN engine impairs what another sends. */
  wanHost: (from: string) => string;
  /** Folder of edgeproof's own programs on the machines. */
  runtime: string;
}

/**
 * One change for each machine that impairs: all have their undo steps and leases before the last one puts the links of
 * all in force at once. Where they cannot be taken away together, each machine takes away its own by its undo step.
 */
export function linkChanges({ stack, layer, first, links, wanHost, runtime }: LinkChanges): Change[] {
  const hosts = [...new Set(links.map(({ from }) => wanHost(from)))];
  let removed = false;
  return hosts.map((host, index): Change => {
    const last = index === hosts.length - 1;
    const own = first.filter(({ from }) => wanHost(from) === host);
    return {
      what: `${host}: ${describeLinks(own).join("; ") || "nothing at first"}`,
      undo: { kind: "node", node: host, undo: { kind: "exec", argv: wanClearArgv(runtime) } },
      apply: () => (last ? stack.set(layer, first) : Promise.resolve()),
      revert: async () => {
        // Changes are put back in the reverse order.
        if (last) await stack.remove(layer);
        else if (!removed) throw rigError("link-not-removed", `what was in force is still on ${host}`);
        removed = true;
      },
    };
  });
}

export const describeLinks = (links: readonly DirectedLink[]): string[] =>
  links.map(({ from, to, params }) => `${from} -> ${to} ${describeParams(params)}`);
