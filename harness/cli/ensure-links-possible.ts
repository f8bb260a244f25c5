import { validateParams } from "../../chaos/wan/validate-links.ts";
import type { Topology } from "../config/model.ts";

/** Refuses links that no engine can make, before anything is touched. */
export function ensureLinksPossible(topology: Topology): void {
  for (const { from, to, params } of topology.links)
    validateParams(params, `${topology.file}: link ${from} -> ${to}`);
}
