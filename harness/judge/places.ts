import type { RequestGroup } from "../record/request-groups.ts";
import type { Evidence } from "./evidence.ts";
import { expand } from "./measured.ts";

/** Where requests were answered, as a scope names it; empty texts where it names nothing. */
export interface Place {
  deviceClass: string;
  node: string;
  site: string;
}

export interface PlaceScope {
  deviceClass?: string;
  node?: string;
  site?: string;
}

const EVERYWHERE: Place = { deviceClass: "", node: "", site: "" };

/** One place for each result that a scope asks for; `*` stands for all that the rig has. */
export function places({ deviceClass, node, site }: PlaceScope, evidence: Evidence): Place[] {
  const of = (key: "name" | "site") => [...new Set(evidence.nodes.map((one) => one[key]))].toSorted();
  if (node !== undefined) return expand(node, of("name")).map((one) => ({ ...EVERYWHERE, node: one }));
  if (site !== undefined) return expand(site, of("site")).map((one) => ({ ...EVERYWHERE, site: one }));
  return expand(deviceClass, evidence.deviceClasses).map((one) => ({ ...EVERYWHERE, deviceClass: one }));
}

export const isEverywhere = ({ deviceClass, node, site }: Place): boolean =>
  deviceClass === "" && node === "" && site === "";

/** Whether requests were answered there. */
export function isAt(group: RequestGroup, { deviceClass, node, site }: Place, evidence: Evidence): boolean {
  if (node !== "") return group.node === node;
  if (site !== "") return evidence.nodes.find(({ name }) => name === group.node)?.site === site;
  return deviceClass === "" || group.deviceClass === deviceClass;
}
