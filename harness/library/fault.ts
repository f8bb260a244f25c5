import { linkFaults } from "./generated/link-faults.ts";
import { nodeFaults } from "./generated/node-faults.ts";
import { overlayFaults } from "./generated/overlay-faults.ts";
import { platformFaults } from "./generated/platform-faults.ts";
import { streamFaults } from "./generated/stream-faults.ts";

/**
 * A constructor for each fault of the catalogue, named as it is there: `link-delay` is `fault.linkDelay`. What they make
 * touches nothing; it is made real by a phase of a session, which checks target and parameters against the rig before
 * anything is changed, and brings back a receipt for it.
 *
 * @example
 * ```ts
 * const slow = fault.linkDelay({ target: { from: "cloud-1", to: "pi4-1", bothWays: true }, delay: "50ms" });
 * ```
 */
export const fault = { ...linkFaults, ...streamFaults, ...nodeFaults, ...overlayFaults, ...platformFaults };
