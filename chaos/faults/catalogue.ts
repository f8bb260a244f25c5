import { closest } from "../../harness/config/did-you-mean.ts";
import { usageError } from "../../harness/errors.ts";
import type { FaultDefinition, FaultLayer } from "./definition.ts";
import { linkFaults } from "./link/index.ts";
import { nodeFaults } from "./node/index.ts";
import { overlayFaults } from "./overlay/index.ts";
import { platformFaults } from "./platform/index.ts";
import { streamFaults } from "./stream/index.ts";

export const LAYERS: readonly FaultLayer[] = ["link", "stream", "node", "overlay", "platform"];

/** Every fault that edgeproof can inject, by layer. */
export const CATALOGUE: readonly FaultDefinition[] = [
  ...linkFaults,
  ...streamFaults,
  ...nodeFaults,
  ...overlayFaults,
  ...platformFaults,
];

/** @throws EdgeproofError (usage) when there is no such fault. */
export function faultNamed(name: string, catalogue = CATALOGUE): FaultDefinition {
  const found = catalogue.find((definition) => definition.name === name);
  if (found) return found;
  const near = closest(
    name,
    catalogue.map((definition) => definition.name),
  );
  throw usageError("fault-unknown", `there is no fault \`${name}\``, {
    expected: "one that `edgeproof faults list` shows",
    ...(near === undefined ? {} : { fix: `did you mean \`${near}\`?` }),
  });
}
