import type { HostConfig } from "dockerode";
import { GenericContainer, Wait } from "testcontainers";

import { AGENT_READY } from "../../../agent/protocol.ts";
import type { BootConfig } from "../../../agent/boot.ts";
import { RUNTIME_PATH } from "../runtime-folder.ts";
import type { Docker } from "./engine-client.ts";
import { rigLabels } from "./labels.ts";

export interface Attachment {
  network: string;
  address: string;
}

export interface RigContainerSpec {
  rig: string;
  /** Name of the machine within the rig. */
  node: string;
  role: string;
  containerName: string;
  attachments: Attachment[];
  hostConfig: HostConfig;
  boot: BootConfig;
  /** Host path -> container path, read-only. */
  mounts: Record<string, string>;
  /** Container paths on volumes of their own: image stores need a file system that overlayfs can stand on. */
  volumes: string[];
  /** TCP port of the machine -> port of the tester's loopback that leads to it, for as long as the machine exists. */
  publish: Record<number, number>;
  environment: Record<string, string>;
}

const START_TIMEOUT_MS = 60_000;

/** A machine of the rig: a testcontainers container with the host settings that have no `with...` method. */
export class RigContainer extends GenericContainer {
  private readonly docker: Docker;
  private readonly others: Attachment[];

  constructor(docker: Docker, image: string, spec: RigContainerSpec) {
    super(image);
    this.docker = docker;
    const [first, ...others] = spec.attachments;
    this.others = others;
    this.withName(spec.containerName)
      .withHostname(spec.node)
      .withLabels(rigLabels(spec.rig, spec.role, spec.node))
      .withEnvironment({ ...spec.environment, EDGEPROOF_BOOT: JSON.stringify(spec.boot) })
      .withEntrypoint(["/usr/bin/tini", "--", `${RUNTIME_PATH}/node`, `${RUNTIME_PATH}/agent.mjs`, "serve"])
      .withWaitStrategy(Wait.forLogMessage(AGENT_READY))
      .withStartupTimeout(START_TIMEOUT_MS)
      .withBindMounts(
        Object.entries(spec.mounts).map(([source, target]) => ({ source, target, mode: "ro" as const })),
      )
      .withTmpFs({ "/run": "rw,exec", "/tmp": "rw,exec" })
      // The rig outlives this process (`edgeproof up`), so it is not tied to the life of a reaper; labels find it.
      .withAutoCleanup(false);
    if (first) {
      this.withNetworkMode(first.network);
      this.createOpts.NetworkingConfig = { EndpointsConfig: { [first.network]: endpoint(first) } };
    }
    const ports = Object.entries(spec.publish).map(([port, host]) => [`${port}/tcp`, String(host)] as const);
    this.createOpts.ExposedPorts = Object.fromEntries(ports.map(([port]) => [port, {}]));
    Object.assign(this.hostConfig, spec.hostConfig, {
      CgroupnsMode: "private",
      PortBindings: Object.fromEntries(
        ports.map(([port, host]) => [port, [{ HostIp: "127.0.0.1", HostPort: host }]]),
      ),
      Mounts: spec.volumes.map((path) => ({ Type: "volume", Source: "", Target: path })),
    });
  }

  protected override async containerCreated(containerId: string): Promise<void> {
    for (const other of this.others)
      await this.docker
        .getNetwork(other.network)
        .connect({ Container: containerId, EndpointConfig: endpoint(other) });
  }
}

const endpoint = ({ address }: Attachment) => ({ IPAMConfig: { IPv4Address: address } });
