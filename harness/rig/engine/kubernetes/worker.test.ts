import { expect } from "chai";
import { parse } from "yaml";

import { CONTAINER_PLATFORM } from "../../driver/node-platform.ts";
import { parseFacts, platformOf } from "../../driver/ssh/node-facts.ts";
import { containerdConfig, kubeletConfig } from "./worker.ts";

const cluster = { nodeMonitorGracePeriodSeconds: 8, unreachableTolerationSeconds: 2 };
const images = { pause: "edgeproof.local/pause:1" };
const real = (text: string) => platformOf(parseFacts(`architecture aarch64\n${text}`));
const SYSTEMD = "systemd yes\ncgroup 2\ncni /opt/cni/bin\nresolv /run/systemd/resolve/resolv.conf";

describe("kubelet and containerd", () => {
  it("are told in a container what they were always told", () => {
    expect(parse(kubeletConfig(cluster, CONTAINER_PLATFORM))).to.deep.include({
      cgroupDriver: "cgroupfs",
      containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
      featureGates: { KubeletInUserNamespace: true },
      resolvConf: "/etc/resolv.conf",
    });
    expect(containerdConfig(images, CONTAINER_PLATFORM)).to.equal(`version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "edgeproof.local/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
`);
  });

  it("leave the control groups of a machine with systemd to it, both of them", () => {
    expect(parse(kubeletConfig(cluster, real(SYSTEMD)))).to.include({ cgroupDriver: "systemd" });
    expect(containerdConfig(images, real(SYSTEMD))).to.include("SystemdCgroup = true");
    for (const other of ["systemd no\ncgroup 2", "systemd yes\ncgroup 1"]) {
      expect(parse(kubeletConfig(cluster, real(other)))).to.include({ cgroupDriver: "cgroupfs" });
      expect(containerdConfig(images, real(other))).to.not.include("SystemdCgroup");
    }
  });

  it("keep apart from a containerd that a real machine runs for itself, and insist on its kernel's settings", () => {
    const config = containerdConfig(images, real(SYSTEMD));
    expect(config)
      .to.include('root = "/var/lib/edgeproof/containerd"')
      .and.include('address = "/run/edgeproof/containerd.sock"')
      .and.include('bin_dir = "/opt/cni/bin"')
      .and.not.include("restrict_oom_score_adj");
    const kubelet = parse(kubeletConfig(cluster, real(SYSTEMD)));
    expect(kubelet).to.include({
      containerRuntimeEndpoint: "unix:///run/edgeproof/containerd.sock",
      resolvConf: "/run/systemd/resolve/resolv.conf",
    });
    expect(kubelet).to.not.have.property("featureGates");
  });
});
