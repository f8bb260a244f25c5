import { rigError } from "../../../errors.ts";
import { type Target, nodeTarget } from "../../../toolchain/node-target.ts";
import { nodeToolFolder } from "../../../toolchain/node-folder.ts";
import { ensureK3sFolder } from "../../engine/k3s/k3s-binary.ts";
import { K3S_IMAGE } from "../../engine/k3s/k3s-files.ts";
import { K3S_PATH } from "../../engine/k3s/k3s-engine.ts";
import { IMAGES_PATH } from "../../images/image-store.ts";
import type { Ground, GroundOptions, PreparedDriver } from "../ground.ts";
import { ensureRuntimeFolder } from "../runtime-folder.ts";
import { ContainerDriver } from "./container-driver.ts";
import { type Docker, connectDocker, engineArchitecture, engineCores } from "./engine-client.ts";
import { findLeftovers, removeLeftovers } from "./leftovers.ts";
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

  /** @throws EdgeproofError where a rig of this name is somebody else's */
  async clear(rig: string): Promise<void> {
    const found = await findLeftovers(this.docker, rig);
    const others = [...found.containers, ...found.networks].find((one) => one.others !== undefined);
    if (others)
      throw rigError(
        "RIG_EXISTS",
        `the container engine holds a rig ${rig} that is not of this state folder`,
        {
          where: `${others.name}: ${others.others}`,
          fix: `pass --name; or, if nobody needs it, remove it with \`edgeproof down ${rig}\``,
        },
      );
    await removeLeftovers(this.docker, found);
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
