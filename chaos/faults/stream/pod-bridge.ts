import { rigError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";

/** Of the CNI bridge plugin here, and of flannel in K3s. */
const BRIDGE = "cni0";
/** Where CNI's runtimes keep the network namespaces of pods. */
const NETNS_FOLDER = "/run/netns";

export interface PodBridge {
  bridge: string;
  /** Of the node on it, IPv4. */
  address: string;
  /** Network namespace of one pod that is attached to it. */
  netns: string;
}

interface Link {
  addr_info: { family: string; local: string }[];
}

/** How pods of a node are attached. Only where there is a pod, there is a bridge, and a place to look from. */
export async function podBridge(node: NodeHandle): Promise<PodBridge> {
  const shown = await node.exec(["ip", "-j", "-4", "addr", "show", "dev", BRIDGE], { allowFailure: true });
  const links = shown.exitCode === 0 ? (JSON.parse(shown.stdout) as Link[]) : [];
  const address = links[0]?.addr_info.find(({ family }) => family === "inet")?.local;
  const listed = await node.exec(["ls", NETNS_FOLDER], { allowFailure: true });
  const pod = address === undefined ? undefined : await attachedPod(node, listed.stdout.split("\n"), address);
  if (address !== undefined && pod !== undefined)
    return { bridge: BRIDGE, address, netns: `${NETNS_FOLDER}/${pod}` };
  throw rigError("NO_PODS", `no pod is attached to ${BRIDGE} on ${node.name}`, {
    expected: "a running pod there, whose connections the fault concerns",
    fix: "deploy a function with a replica on this node first",
  });
}

/** Namespaces of pods that are gone may linger: the pod is one whose default route leads over the bridge. */
async function attachedPod(
  node: NodeHandle,
  names: readonly string[],
  gateway: string,
): Promise<string | undefined> {
  for (const name of names.filter(Boolean)) {
    const argv = ["nsenter", `--net=${NETNS_FOLDER}/${name}`, "ip", "route", "show", "default"];
    const { exitCode, stdout } = await node.exec(argv, { allowFailure: true });
    if (exitCode === 0 && stdout.includes(`via ${gateway} `)) return name;
  }
  return undefined;
}
