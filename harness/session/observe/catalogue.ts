import { apiObserver } from "./api.ts";
import { execLogsObserver } from "./exec-logs.ts";
import { nodesObserver } from "./nodes.ts";
import type { ObserverDefinition } from "./observer.ts";
import { outwardObserver } from "./outward.ts";
import { overlayObserver } from "./overlay.ts";
import { podsObserver } from "./pods.ts";
import { transfer } from "./transfer.ts";
import { tunnelsObserver } from "./tunnels.ts";

/** Everything that scenarios can have watched. */
export const OBSERVERS: readonly ObserverDefinition[] = [
  overlayObserver,
  outwardObserver,
  tunnelsObserver,
  nodesObserver,
  podsObserver,
  transfer,
  apiObserver,
  execLogsObserver,
];
