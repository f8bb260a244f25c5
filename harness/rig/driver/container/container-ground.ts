import { type Target, nodeTarget } from "../../../toolchain/node-target.ts";
import { nodeToolFolder } from "../../../toolchain/node-folder.ts";
import { ensureK3sFolder } from "../../engine/k3s/k3s-binary.ts";
import { K3S_IMAGE } from "../../engine/k3s/k3s-files.ts";
import { K3S_PATH } from "../../engine/k3s/k3s-engine.ts";
import { IMAGES_PATH } from "../../images/image-store.ts";
import type { Ground, GroundOptions, PreparedDriver } from "../ground.ts";
import { ensureRuntimeFolder } from "../runtime-folder.ts";
import { ContainerDriver, findLeftovers, removeLeftovers } from "./container-driver.ts";
import { type Docker, connectDocker, engineArchitecture, engineCores } from "./engine-client.ts";
import { ensureNodeImage, imageExists, registryHas } from "./node-image.ts";
import { detectPrivileges, detectRealtime } from "./privileges.ts";

/** The container engine, which makes all machines of a rig of one architecture. */
export class ContainerGround implements Ground {
  private readonly docker: Docker;
  private readonly architecture: "amd64" | "arm64";

  static async open(): Promise<ContainerGround> {
    const docker = await connectDocker();
    return new ContainerGround(docker, await engineArchitecture(docker));
  }

  private constructor(docker: Docker, architecture: "amd64" | "arm64") {
    this.docker = docker;
    this.architecture = architecture;
  }

  target(): Target {
    return nodeTarget(this.architecture);
  }

  sharedCores(): Promise<number> {
    return engineCores(this.docker);
  }

  async hasK3s(): Promise<boolean> {
    return (await imageExists(this.docker, K3S_IMAGE)) || (await registryHas(this.docker, K3S_IMAGE));
  }

  k3sFile(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async clear(rig: string): Promise<void> {
    await removeLeftovers(this.docker, await findLeftovers(this.docker, rig));
  }

  async prepare(options: GroundOptions): Promise<PreparedDriver> {
    const { rig, k3s, archives, cache, toolchain, say, signal } = options;
    const { docker } = this;
    const [image, runtimeFolder, binFolder] = await Promise.all([
      ensureNodeImage(docker, { given: process.env.EDGEPROOF_NODE_IMAGE, onProgress: say, signal }),
      ensureRuntimeFolder(cache, this.architecture),
      nodeToolFolder(this.target(), toolchain),
    ]);
    const [privileges, realtime] = await Promise.all([
      detectPrivileges(docker, image.reference, rig),
      detectRealtime(docker, image.reference, rig),
    ]);
    const folders = { image: image.reference, privileges, runtimeFolder, binFolder };
    const driver = new ContainerDriver(docker, {
      rig,
      ...folders,
      realtime,
      mounts: {
        [archives]: IMAGES_PATH,
        ...(k3s ? { [await ensureK3sFolder(cache, process.env.EDGEPROOF_K3S, docker, say)]: K3S_PATH } : {}),
      },
    });
    return {
      driver,
      state: { kind: "container", ...folders },
      privileges: privileges.kind,
      goOnWithoutAgents: false,
      summary: `image ${image.reference} (${image.source}), ${privileges.kind}`,
    };
  }
}
