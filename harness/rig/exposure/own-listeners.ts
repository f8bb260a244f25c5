import type { NodeHandle } from "../node-handle.ts";
import { type Listener, listenersOf } from "./listeners.ts";

/** What a machine listens on, by whose it is. */
export interface Listeners {
  /** The rig's. */
  own: Listener[];
  /** Its owner's, such as sshd. */
  foreign: Listener[];
}

/** Prints the process ids among its arguments that run the rig's programs, or in a control group of the rig's. */
const OWN = `for pid; do
  case $(readlink "/proc/$pid/exe") in /opt/edgeproof/*) echo "$pid"; continue ;; esac
  grep -qE "edgeproof-|kubepods" "/proc/$pid/cgroup" 2>/dev/null && echo "$pid"
done; true`;

/** Of a real machine, which listens for others, too. A socket of no process, as the kernel has, is its owner's. */
export async function listenersByOwner(node: NodeHandle): Promise<Listeners> {
  const all = await listenersOf(node);
  const pids = [...new Set(all.flatMap(({ pid }) => (pid === undefined ? [] : [String(pid)])))];
  const { stdout } = await node.exec(["sh", "-c", OWN, "sh", ...pids]);
  const rigs = new Set(stdout.split("\n").filter(Boolean).map(Number));
  const isOwn = ({ pid }: Listener): boolean => pid !== undefined && rigs.has(pid);
  return { own: all.filter(isOwn), foreign: all.filter((one) => !isOwn(one)) };
}
