import { nodesObserver } from "./nodes.ts";
import type { ObserverDefinition } from "./observer.ts";
import { podsObserver } from "./pods.ts";
import { transfer } from "./transfer.ts";

/** Everything that scenarios can have watched. */
export const OBSERVERS: readonly ObserverDefinition[] = [transfer, nodesObserver, podsObserver];
