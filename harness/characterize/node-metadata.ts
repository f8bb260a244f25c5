import type { KubernetesObject } from "@kubernetes/client-node";

import { SCORES, scoreNames, type NodeCharacterization, type ScoreUnit } from "./model.ts";

const PREFIX = "edgeproof.dev";
const LABEL_NEAREST_CLASS = `${PREFIX}/nearest-class`;

/** Labels are compared as whole numbers (`Gt`, `Lt` of node affinity): each unit in a size that is one. */
const LABEL_UNITS: Record<ScoreUnit, number> = {
  "rounds/s": 1,
  "flop/s": 1e6,
  "bytes/s": 1e6,
  ratio: 0.01,
  ms: 0.001,
};

/** At most 63 of letters, digits, `-`, `_` and `.`, letters or digits at the ends (Kubernetes, "Labels and Selectors"). */
export const isLabelValue = (value: string): boolean =>
  /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/.test(value);

/**
 * What a node is to carry. Labels: `score-*` as whole rounds/s, Mflop/s, MB/s, hundredths and microseconds. Annotations: the
 * same with unit and interval, as JSON.
 */
export function nodeMetadata(
  { scores, nearest, machine }: Pick<NodeCharacterization, "scores" | "nearest" | "machine">,
  at: number,
): { labels: Record<string, string>; annotations: Record<string, string> } {
  const labels: Record<string, string> = {};
  const annotations: Record<string, string> = {
    [`${PREFIX}/characterized-at`]: new Date(at).toISOString(),
    [`${PREFIX}/characterized-machine`]: JSON.stringify(machine),
    [LABEL_NEAREST_CLASS]: nearest.text,
  };
  for (const name of scoreNames) {
    const score = scores[name];
    if (!score) continue;
    const { unit } = SCORES[name];
    annotations[`${PREFIX}/score-${name}`] = JSON.stringify({ ...score, unit });
    const value = String(Math.round(score.value / LABEL_UNITS[unit]));
    if (isLabelValue(value)) labels[`${PREFIX}/score-${name}`] = value;
  }
  const known = nearest.class ?? "unknown";
  if (isLabelValue(known)) labels[LABEL_NEAREST_CLASS] = known;
  return { labels, annotations };
}

/** The node as it is applied: nothing but what was measured. */
export const nodeObject = (characterized: NodeCharacterization, at: number): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: characterized.node, ...nodeMetadata(characterized, at) },
});
