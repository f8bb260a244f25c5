import { z } from "zod";
import { WORKLOAD_KINDS } from "./model.ts";
import { quantity } from "./quantity-schema.ts";
import { dnsLabel, map, oneOf, text } from "./schema-parts.ts";

const list = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item, { error: `a list of ${what}` }).min(1, { error: `a list of at least one of the ${what}` });

const linkShape = {
  delay: quantity("duration", "One-way delay added.").optional(),
  jitter: quantity("duration", "Standard deviation of the delay, which is cut at 0.").optional(),
  jitterShape: oneOf(
    ["normal", "pareto", "uniform"],
    "Distribution of the delay; the sd is `jitter` in each.",
  ).optional(),
  loss: quantity("share", "Packets lost, each independently of the others.").optional(),
  burst: map({
    enter: quantity("share", "Chance per packet of entering the bad state, where packets are lost."),
    leave: quantity("share", "Chance per packet of leaving the bad state."),
  })
    .describe("Bursty loss (Gilbert-Elliott).")
    .optional(),
  duplicate: quantity("share", "Packets sent twice.").optional(),
  reorder: quantity("share", "Packets sent ahead of the delayed ones.").optional(),
  corrupt: quantity("share", "Packets with a bit flipped.").optional(),
  rate: quantity("rate", "Bits per second that fit through.").optional(),
  mtu: quantity("size", "Longest IP packet that passes; longer ones vanish without ICMP.").optional(),
};

const linkParams = map(linkShape);
export type LinkInput = z.output<typeof linkParams>;
export type LinkWritten = z.input<typeof linkParams>;

export const topologySchema = map({
  name: dnsLabel("Name of the topology; the file's name by convention."),
  description: text("What it stands for.").optional(),
  engine: oneOf(
    ["auto", "k3s", "kubernetes"],
    "`auto`: k3s where its image can be pulled, else kubernetes.",
  ).default("auto"),
  driver: oneOf(
    ["container", "ssh", "cluster"],
    "How nodes come to be: `container`: they are made; `ssh`: real machines of `inventory`; `cluster`: those of a cluster that runs, docs/existing-cluster.md.",
  ).default("container"),
  inventory: text(
    "Inventory of real machines, relative to this file; for the driver `ssh` only. Names of nodes are the same there.",
  ).optional(),
  functionsLayer: oneOf(
    ["deployment", "knative", "openfaas"],
    "What turns functions into pods. `deployment`: plain Kubernetes; `knative`, `openfaas`: they scale with their load, too.",
  ).default("deployment"),
  sites: list(dnsLabel("A place with its own WAN link."), "site names"),
  nodes: list(
    map({
      name: dnsLabel("Unique name of the machine."),
      site: dnsLabel("One of `sites`."),
      role: oneOf(["server", "agent"], "`server` runs the control plane; exactly one."),
      class: dnsLabel("Device class, from fixtures/classes/classes.yaml."),
    }),
    "nodes",
  ),
  testers: z
    .number({ error: "a number of machines, such as 2" })
    .int({ error: "a whole number" })
    .min(1, { error: "1 to 16" })
    .max(16, { error: "1 to 16" })
    .describe(
      "Machines that open loads come from, one k6 process each; the rate stays exact. The first is `tester`, the others `tester-2` and so on.",
    )
    .default(1),
  wanProfile: dnsLabel("Profile of phases that name none, from fixtures/profiles/profiles.yaml.").default(
    "lcl",
  ),
  links: z
    .array(
      map({
        from: dnsLabel("A site, or `tester`."),
        to: dnsLabel("A site, or `tester`."),
        ...linkShape,
      }),
      { error: "a list of links" },
    )
    .describe("Overrides of the profile, one direction each.")
    .default([]),
  emulation: oneOf(
    ["none", "limits"],
    "`limits`: containers get their class's CPU and memory limits; `none`: classes are labels only.",
  ).default("none"),
  overlay: map({
    lighthouse: oneOf(
      ["server", "dedicated"],
      "`dedicated`: a machine of its own, `lighthouse-1`, that does nothing else; `server`: the server node.",
    ).default("server"),
    relay: z
      .boolean({ error: "true or false" })
      .describe("The lighthouse relays tunnels between machines that do not reach each other directly.")
      .default(false),
  })
    .prefault({})
    .describe("Nebula's lighthouse, which tells machines where the others are."),
  openfaas: map({
    gateway: text("Image of OpenFaaS' gateway, as the nodes pull it."),
    provider: text("Image of faas-netes, its Kubernetes provider."),
  })
    .describe("Images of the layer `openfaas`, which needs them; there is no default.")
    .optional(),
  metricsServer: z
    .boolean({ error: "true or false" })
    .describe(
      "Install metrics-server, by which functions of the layer `deployment` can scale with the CPU they use.",
    )
    .default(false),
  knative: map({
    release: text(
      "Folder, relative to this file, with serving-crds.yaml, serving-core.yaml and kourier.yaml of a Knative release, whose images the nodes pull. Default: Knative is built from its Go module.",
    ).optional(),
    stableWindow: quantity("duration", "Window over which the autoscaler averages; 6 s at least.").prefault(
      "60s",
    ),
    scaleToZeroGracePeriod: quantity(
      "duration",
      "Longest time that the last pod is kept while the activator takes over.",
    ).prefault("30s"),
    meshCompatibilityMode: oneOf(
      ["auto", "disabled", "enabled"],
      "`auto`: the activator probes pods, with a limit of 300 ms; `disabled`: it goes by what Kubernetes says of them.",
    ).default("auto"),
  })
    .prefault({})
    .describe("Settings of Knative that decide how long things take; defaults as Knative's own."),
  workloads: z
    .array(
      map({
        kind: oneOf(WORKLOAD_KINDS, "The server; one of each kind at most."),
        node: dnsLabel("The node that it runs on, one of `nodes`."),
      }),
      { error: "a list of workloads" },
    )
    .describe("Servers beside the functions, which functions and the tester talk to; docs/workloads.md.")
    .default([]),
  cluster: map({
    nodeMonitorGracePeriod: quantity(
      "duration",
      "Without a heartbeat for this long, a node is NotReady.",
    ).prefault("8s"),
    unreachableToleration: quantity(
      "duration",
      "Pods of an unreachable node are evicted after this.",
    ).prefault("2s"),
  })
    .prefault({})
    .describe("Timings of the control plane that decide how long a failure lasts."),
});
/** A topology as written in YAML: quantities are still texts. */
export type TopologyWritten = z.input<typeof topologySchema>;

const named = <T extends z.ZodType>(value: T, what: string) =>
  z.record(dnsLabel(`Name of the ${what}.`), value, { error: `a map from names to ${what}s` });

export const profilesSchema = named(
  map({
    description: text("Where its figures come from."),
    betweenSites: linkParams.describe("Between any two sites, each way."),
    towardsTester: linkParams.describe("Between any site and the tester, each way."),
  }),
  "profile",
);

export const classesSchema = named(
  map({
    description: text("The machine it stands for."),
    cpus: z.number({ error: "a number of CPUs, such as 4" }).positive({ error: "more than 0 CPUs" }),
    memory: quantity("memory", "Main memory."),
  }),
  "class",
);
