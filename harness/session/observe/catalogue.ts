import type { ObserverDefinition } from "./observer.ts";

/** Everything that scenarios can have watched. */
export const OBSERVERS: readonly ObserverDefinition[] = [];
