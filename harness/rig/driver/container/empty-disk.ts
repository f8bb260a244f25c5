import { rigError } from "../../../errors.ts";
import type { Docker } from "./engine-client.ts";
import { rigLabels, resourceName } from "./labels.ts";

export interface EmptyDisk {
  rig: string;
  /** A machine that is off. */
  node: string;
  /** The rig's own, which has `rm`. */
  image: string;
  /** A folder on one of the machine's volumes; it goes with all that is in it. */
  folder: string;
}

/** Empties a folder of a machine's disk while the machine is off, as if the disk had been changed for a new one. */
export async function emptyDisk(docker: Docker, { rig, node, image, folder }: EmptyDisk): Promise<void> {
  const machine = resourceName(rig, node);
  const container = await docker.createContainer({
    name: `${machine}-disk`,
    Image: image,
    Entrypoint: ["/bin/rm"],
    Cmd: ["-rf", "--", folder],
    // Found and removed with the rig, should this process be killed.
    Labels: rigLabels(rig, "disk", node),
    HostConfig: { VolumesFrom: [machine], NetworkMode: "none" },
  });
  try {
    await container.start();
    const { StatusCode: status } = (await container.wait()) as { StatusCode: number };
    if (status !== 0)
      throw rigError("DISK_NOT_EMPTIED", `\`rm -rf ${folder}\` exited with ${status}`, {
        where: `node ${node}`,
        expected: "exit code 0",
      });
  } finally {
    // Its volumes are the machine's.
    await container.remove({ force: true, v: false });
  }
}
