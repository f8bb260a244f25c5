import { readFileSync } from "node:fs";

import { expect } from "chai";
import { parse } from "yaml";

import { projectFile } from "../../../project.ts";
import { CONTAINER_PLATFORM } from "../../driver/node-platform.ts";
import type { ClusterNode } from "../engine.ts";
import { K3S_IMAGE, agentConfig, serverConfig } from "./k3s-files.ts";

const documented = parse(readFileSync(projectFile("fixtures/k3s/flags.yaml"), "utf8")) as Record<
  string,
  string[]
>;
const node = {
  name: "pi-1",
  overlay: "198.19.0.2",
  labels: { "edgeproof.dev/site": "a" },
  platform: CONTAINER_PLATFORM,
} as unknown as ClusterNode;
const cluster = { nodeMonitorGracePeriodSeconds: 8, unreachableTolerationSeconds: 2 };
const input = { node, cluster, pauseImage: "edgeproof.local/pause:1" };

describe("K3s configuration", () => {
  it("uses only flags that K3s documents for a server", () => {
    const allowed = [...(documented.server ?? []), ...(documented.agent ?? [])].filter(
      (flag) => flag !== "server",
    );
    expect(allowed).to.include.members(Object.keys(parse(serverConfig(input))));
  });

  it("uses only flags that K3s documents for an agent", () => {
    expect(documented.agent).to.include.members(Object.keys(parse(agentConfig(input, "198.19.0.1"))));
  });

  it("runs the cluster over the overlay: node address, flannel's interface and the server's address", () => {
    expect(parse(agentConfig(input, "198.19.0.1"))).to.include({
      "node-ip": "198.19.0.2",
      "flannel-iface": "nebula1",
      server: "https://198.19.0.1:6443",
    });
    expect(parse(serverConfig(input))).to.include({ "advertise-address": "198.19.0.2" });
  });

  it("hands the topology's failure detection times on", () => {
    expect(parse(serverConfig(input))["kube-controller-manager-arg"]).to.include(
      "node-monitor-grace-period=8s",
    );
  });

  it("lets the kubelet of a container go without kernel settings, and no other", () => {
    const real = { ...node, platform: { ...CONTAINER_PLATFORM, kernel: "own" as const } };
    const gate = "feature-gates=KubeletInUserNamespace=true";
    expect(parse(serverConfig(input))["kubelet-arg"]).to.include(gate);
    expect(parse(serverConfig({ ...input, node: real }))["kubelet-arg"]).to.not.include(gate);
  });

  it("names the image by a valid tag", () => {
    expect(K3S_IMAGE).to.match(/^rancher\/k3s:v\d+\.\d+\.\d+-k3s\d+$/);
  });
});
