import { z } from "zod";

import { quantity } from "./quantity-schema.ts";
import { dnsLabel, map, oneOf, text } from "./schema-parts.ts";

const matching = (pattern: RegExp, error: string, description: string) =>
  z.string({ error }).regex(pattern, { error }).describe(description);

/** Of a label, as Kubernetes has it: an optional DNS name and a slash, then a name. */
const labelName = (description: string) =>
  matching(
    /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
    "the name of a label, such as `example.com/class`",
    description,
  );

/** What a registry's reference may be before an image's name: no tag, no digest. */
export const imagePrefix = (description: string) =>
  matching(
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*$/,
    "a registry and a path, such as `registry.example.com/edgeproof`",
    description,
  );

/** An address that becomes the host of a URL. */
export const gatewayAddress = (description: string) =>
  matching(
    /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
    "`auto`, `node`, `forward`, or a host name or an IPv4 address",
    description,
  );

/** A topology of the driver `cluster`: its nodes and sites are what the API tells. */
export const clusterTopologySchema = map({
  name: dnsLabel("Name of the topology, and of the rig."),
  description: text("What cluster it is.").optional(),
  driver: oneOf(["cluster"], "`cluster`: the nodes of a cluster that runs."),
  functionsLayer: oneOf(["deployment"], "What turns functions into pods: plain Kubernetes.").default(
    "deployment",
  ),
  cluster: map({
    kubeconfig: text("File of the kubeconfig, relative to this file."),
    context: text("One of its contexts. Default: its current one.").optional(),
    namespace: dnsLabel(
      "Namespace that is made for the rig and removed with it. Default: edgeproof-RIG.",
    ).optional(),
    nodes: text(
      "Label selector of the nodes that are used, such as `site in (a, b)`. Default: all that take pods.",
    ).optional(),
    classLabel: labelName(
      "Label of nodes that holds their device class. Default: edgeproof.dev/device-class, else node.kubernetes.io/instance-type.",
    ).optional(),
    siteLabel: labelName(
      "Label of nodes that holds their site. Default: edgeproof.dev/site, else topology.kubernetes.io/zone.",
    ).optional(),
    class: dnsLabel("Device class of nodes whose labels name none.").default("unclassified"),
    images: imagePrefix(
      "Registry and path that the nodes pull the functions' images from. Default: they are on the nodes already (`edgeproof images`).",
    ).optional(),
    gateway: gatewayAddress(
      "How the load comes in. `node`: a node's port at its own address; `forward`: a port-forward through the API; an address: the nodes' ports there; `auto`: the first of `node` and `forward` that answers.",
    ).default("auto"),
    unreachableToleration: quantity(
      "duration",
      "The functions' pods on an unreachable node are evicted after this.",
    ).prefault("2s"),
  }),
});
