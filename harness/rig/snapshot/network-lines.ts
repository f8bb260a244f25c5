import type { Facts } from "./facts.ts";

/** Of pods: the container network's bridge and its ends. They come with a pod and go with it. */
const OF_PODS = /\b(veth\w+|cni\d+|flannel[\w.]*)\b/;

/** Numbers that the kernel gives anew each time, and the order in which an engine plugs networks in. */
const plain = (line: string): string =>
  line
    .replace(/^\d+:\s*/, "")
    .replace(/@if\d+/g, "")
    .replace(/\blink-netnsid \d+/g, "")
    .replace(/\beth\d+/g, "eth")
    .replace(/\b(mode|state|qlen) \S+/g, "")
    .replace(/\bexpires \d+sec/g, "")
    .replace(/(valid|preferred)_lft \S+/g, "")
    // Bridges tell how long they have been waiting.
    .replace(/\b\w+_timer\s+\S+/g, "")
    .replace(/\s+/g, " ")
    .trim();

/** Links, queues, filters, routes, rules and addresses, without what changes by itself. */
export const networkLines = (of: (section: string) => string[]): Facts =>
  Object.fromEntries(
    ["links", "qdiscs", "filters", "routes", "rules", "addresses"].map((section) => [
      section,
      of(section)
        .filter((line) => !OF_PODS.test(line))
        .map((line) => (section === "rules" ? line.replace(/\beth\d+/g, "eth") : plain(line))),
    ]),
  );
