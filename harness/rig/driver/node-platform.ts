/** What the cluster's parts have to know about a machine, beyond its name: where things lie and whose kernel it is. */
export interface NodePlatform {
  /** `shared`: a container, whose kernel settings are its host's; the kubelet must not insist on its own. */
  kernel: "shared" | "own";
  cgroupDriver: "cgroupfs" | "systemd";
  containerd: {
    /** Programs of the node's distribution. */
    program: string;
    ctr: string;
    config: string;
    socket: string;
    /** Folders of its own, where another containerd may run beside it. */
    root?: string;
    state?: string;
  };
  cni: {
    programs: string;
    config: string;
    /** Where addresses of pods are kept; its default where undefined. */
    data?: string;
  };
  /** `--root-dir` of the kubelet; its default where undefined. */
  kubeletRoot?: string;
  /** The name servers that pods get; /etc/resolv.conf may name one that listens on the machine's own loopback only. */
  resolvConf: string;
}

/** A machine made as a container: all of it is the rig's, so that everything lies where it lies by default. */
export const CONTAINER_PLATFORM: NodePlatform = {
  kernel: "shared",
  cgroupDriver: "cgroupfs",
  containerd: {
    program: "/usr/bin/containerd",
    ctr: "/usr/bin/ctr",
    config: "/etc/containerd/config.toml",
    socket: "/run/containerd/containerd.sock",
  },
  cni: { programs: "/usr/lib/cni", config: "/etc/cni/net.d" },
  resolvConf: "/etc/resolv.conf",
};
