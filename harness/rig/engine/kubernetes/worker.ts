import { stringify } from "yaml";

import type { Topology } from "../../../config/model.ts";
import { DNS_SERVICE_IP, OVERLAY_MTU, POD_CIDR } from "../../addresses.ts";
import { BIN_PATH } from "../../driver/node-paths.ts";
import { IMAGES_PATH, type StoredImage } from "../../images/image-store.ts";
import type { NodePlatform } from "../../driver/node-platform.ts";
import type { ServiceSpec } from "../../node-handle.ts";
import type { ClusterNode } from "../engine.ts";
import type { ClusterPki } from "./cluster-pki.ts";

const FOLDER = "/etc/edgeproof/kubernetes";
const file = (name: string): string => `${FOLDER}/${name}`;
/** A board with an SD card is slow to unpack. */
const IMPORT_LIMIT_MS = 300_000;

/** Pods are held by this image; built from fixtures/toolchain/pause. */
export interface WorkerImages {
  pause: string;
}

/**
 * `restrict_oom_score_adj`: a node without CAP_SYS_RESOURCE may not lower it. Debian 12's containerd reads version 2. A
 * real machine may run a containerd of its own: this one shares no folder and no socket with it.
 */
export const containerdConfig = (
  { pause }: WorkerImages,
  { kernel, cgroupDriver, containerd, cni }: NodePlatform,
): string =>
  [
    "version = 2",
    ...(containerd.root === undefined ? [] : [`root = "${containerd.root}"`]),
    ...(containerd.state === undefined ? [] : [`state = "${containerd.state}"`]),
    ...(containerd.root === undefined ? [] : ["[grpc]", `  address = "${containerd.socket}"`]),
    '[plugins."io.containerd.grpc.v1.cri"]',
    `  sandbox_image = "${pause}"`,
    ...(kernel === "shared" ? ["  restrict_oom_score_adj = true"] : []),
    '  [plugins."io.containerd.grpc.v1.cri".cni]',
    `    bin_dir = "${cni.programs}"`,
    `    conf_dir = "${cni.config}"`,
    ...(cgroupDriver === "systemd"
      ? [
          '  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]',
          '    runtime_type = "io.containerd.runc.v2"',
          '    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]',
          "      SystemdCgroup = true",
        ]
      : []),
    "",
  ].join("\n");

/** The pod network of one node: a bridge; other nodes' pods are reached by Nebula's routes. */
const cniConfig = (podCidr: string, data: string | undefined): string =>
  JSON.stringify({
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isGateway: true,
        ipMasq: false,
        hairpinMode: true,
        mtu: OVERLAY_MTU,
        ipam: {
          type: "host-local",
          ranges: [[{ subnet: podCidr }]],
          routes: [{ dst: "0.0.0.0/0" }],
          ...(data === undefined ? {} : { dataDir: data }),
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  });

/**
 * A node that misses heartbeats for the grace period is NotReady, so it must beat several times within it: the lease is
 * renewed every quarter of its duration (kubelet's nodeLeaseRenewInterval), the status sent as often.
 */
export const kubeletConfig = (cluster: Topology["cluster"], platform: NodePlatform): string =>
  stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: file("ca.crt") },
    },
    authorization: { mode: "Webhook" },
    cgroupDriver: platform.cgroupDriver,
    containerRuntimeEndpoint: `unix://${platform.containerd.socket}`,
    failSwapOn: false,
    // Tolerates kernel settings that a container may not change, as in kind and K3s's rootless mode.
    ...(platform.kernel === "shared" ? { featureGates: { KubeletInUserNamespace: true } } : {}),
    ...(platform.kubeletRoot === undefined
      ? {}
      : { volumePluginDir: `${platform.kubeletRoot}/plugins-exec` }),
    tlsCertFile: file("kubelet.crt"),
    tlsPrivateKeyFile: file("kubelet.key"),
    clusterDNS: [DNS_SERVICE_IP],
    clusterDomain: "cluster.local",
    resolvConf: platform.resolvConf,
    nodeLeaseDurationSeconds: cluster.nodeMonitorGracePeriodSeconds,
    nodeStatusUpdateFrequency: `${Math.max(1, Math.floor(cluster.nodeMonitorGracePeriodSeconds / 4))}s`,
    // The host's disk is the user's business: a full one must not evict what is under test.
    imageGCHighThresholdPercent: 100,
    evictionHard: { "nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%" },
    registerWithTaints: [],
  });

export async function startContainerd(node: ClusterNode, images: WorkerImages): Promise<void> {
  const { handle, platform, podCidr } = node;
  const { program, config } = platform.containerd;
  await Promise.all([
    handle.writeFile(config, containerdConfig(images, platform)),
    handle.writeFile(`${platform.cni.config}/10-pods.conflist`, cniConfig(podCidr, platform.cni.data)),
  ]);
  await handle.startService({
    name: "containerd",
    argv: [program, "--config", config],
    readyPattern: "containerd successfully booted",
  });
}

/** Loads an archive of the image folder into the node's runtime, under the name that the archive carries. */
export async function importImage(node: ClusterNode, { file, reference, alias }: StoredImage): Promise<void> {
  const { handle, platform } = node;
  const { ctr, root, socket } = platform.containerd;
  const own = root === undefined ? [] : ["--address", socket];
  const images = [ctr, ...own, "-n", "k8s.io", "images"];
  await handle.exec([...images, "import", `${IMAGES_PATH}/${file}`], { timeoutMs: IMPORT_LIMIT_MS });
  if (alias !== undefined && alias !== reference)
    await handle.exec([...images, "tag", "--force", reference, alias]);
}

export async function writeWorkerFiles(
  node: ClusterNode,
  pki: ClusterPki,
  cluster: Topology["cluster"],
): Promise<void> {
  const mine = pki.kubelets.get(node.handle.name);
  if (!mine) throw new Error(`no certificate was made for ${node.handle.name}`);
  const { handle } = node;
  await Promise.all([
    handle.writeFile(file("ca.crt"), pki.ca),
    handle.writeFile(file("kubelet.crt"), mine.cert),
    handle.writeFile(file("kubelet.key"), mine.key, 0o600),
    handle.writeFile(file("kubelet.kubeconfig"), mine.kubeconfig, 0o600),
    handle.writeFile(file("proxy.kubeconfig"), pki.kubeconfigs.proxy, 0o600),
    handle.writeFile(file("kubelet.yaml"), kubeletConfig(cluster, node.platform)),
  ]);
}

export const kubelet = ({ handle, labels, platform }: ClusterNode): ServiceSpec => ({
  name: "kubelet",
  argv: [
    `${BIN_PATH}/kubelet`,
    `--config=${file("kubelet.yaml")}`,
    `--kubeconfig=${file("kubelet.kubeconfig")}`,
    `--node-ip=${handle.overlay}`,
    `--hostname-override=${handle.name}`,
    `--node-labels=${Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(",")}`,
    ...(platform.kubeletRoot === undefined ? [] : [`--root-dir=${platform.kubeletRoot}`]),
    "--v=1",
  ],
  // One that refuses the machine (swap, a control group that is missing) ends before, and its last words say why.
  readyPattern: "Started kubelet",
});

export const proxy = ({ handle }: ClusterNode): ServiceSpec => ({
  name: "kube-proxy",
  argv: [
    `${BIN_PATH}/kube-proxy`,
    `--kubeconfig=${file("proxy.kubeconfig")}`,
    `--hostname-override=${handle.name}`,
    `--cluster-cidr=${POD_CIDR}`,
    "--proxy-mode=iptables",
    // A container may not change the connection tracker's size.
    "--conntrack-max-per-core=0",
    "--conntrack-tcp-timeout-established=0s",
    "--conntrack-tcp-timeout-close-wait=0s",
    // Endpoints follow pods at once: the default of 1 s would add itself to every measured scale-out.
    "--iptables-min-sync-period=100ms",
    "--metrics-bind-address=127.0.0.1:10249",
    "--healthz-bind-address=127.0.0.1:10256",
  ],
});
