import { z } from "zod";

import { quantity } from "../../harness/config/quantity-schema.ts";
import { dnsLabel, map, oneOf, whole } from "../../harness/config/schema-parts.ts";

const MACHINE = "a machine's name";
const SITE = "a site";
const yes = (text: string) => z.literal(true, { error: "`true`, or leave it out" }).describe(text);

const selectorShape = {
  node: dnsLabel("One machine by name.", MACHINE).exactOptional(),
  nodes: z
    .array(dnsLabel("Name of a machine.", MACHINE), { error: "a list of machines" })
    .min(1, { error: "a list of at least one machine" })
    .describe("Machines by name.")
    .exactOptional(),
  site: dnsLabel("Machines of a site.", SITE).exactOptional(),
  class: dnsLabel("Machines of a device class.", "a device class").exactOptional(),
  role: oneOf(["server", "agent", "lighthouse", "tester"], "Machines by what they are for.").exactOptional(),
  label: z
    .string({ error: "`key=value`" })
    .regex(/^[^=\s]+=[^=\s]*$/, { error: "`key=value`" })
    .describe("Kubernetes label of a node, `key=value`.")
    .exactOptional(),
  all: yes("All of them.").exactOptional(),
  count: whole(1, "So many of the selection, chosen by the run's seed.").exactOptional(),
  fraction: quantity(
    "share",
    "This share of the selection (rounded up), chosen by the run's seed.",
  ).exactOptional(),
};

/** Machines: every key that is given must fit; `count` or `fraction` chooses among those that do. */
export const machineSelector = z.union([dnsLabel("Name of a machine.", MACHINE), map(selectorShape)], {
  error: "the name of a machine, or a map with node, nodes, site, class, role, label, all, count, fraction",
});
export type MachineSelector = z.output<typeof machineSelector>;

const peer = z.union([z.literal("rest"), machineSelector], {
  error: "a selection of machines, or `rest`: all that are not in `from`",
});

export const linkSelector = map({
  from: machineSelector.describe("Machines that send.").exactOptional(),
  to: peer.describe("Machines that receive. Default: `rest`, all that are not in `from`.").exactOptional(),
  between: z
    .tuple([dnsLabel("Name of a site.", SITE), dnsLabel("Name of a site.", SITE)], {
      error: "a list of two sites",
    })
    .describe("Both ways between two sites, in place of `from` and `to`; `tester` is one.")
    .exactOptional(),
  bothWays: z
    .boolean({ error: "true or false" })
    .describe("Also from `to` to `from`. Default: false.")
    .exactOptional(),
  all: yes("Every direction between any two machines.").exactOptional(),
}).refine(
  ({ from, between, all }) => [from, between, all].filter((given) => given !== undefined).length === 1,
  {
    error: "exactly one of `from`, `between` and `all`",
  },
);
export type LinkSelector = z.output<typeof linkSelector>;

export const streamSelector = map({
  point: oneOf(
    ["gateway", "api", "service", "workload"],
    "`gateway`: tester to function; `api`: a node to the API server; `service`: pods of a node to a service; `workload`: tester to a broker.",
  ),
  node: machineSelector
    .describe(
      "The machine at which the streams begin. Default: the tester for `gateway` and `workload`, else an agent.",
    )
    .exactOptional(),
  service: dnsLabel("Default: the function under load. For `workload` its kind.", "a service").exactOptional(),
});
export type StreamSelector = z.output<typeof streamSelector>;
