import type { Docker } from "./engine-client.ts";
import { LABEL_RIG } from "./labels.ts";
import { whyOthers } from "./maker.ts";

interface Leftover {
  id: string;
  name: string;
  rig: string;
  /** Why it may be in use by somebody else; undefined where it is not. */
  others: string | undefined;
}

export interface Leftovers {
  containers: Leftover[];
  networks: Leftover[];
}

const leftover = (id: string, name: string, labels: Readonly<Record<string, string>>): Leftover => {
  const rig = labels[LABEL_RIG] ?? "";
  return { id, name, rig, others: whyOthers(rig, labels) };
};

/** What the engine holds of this rig, or of any rig, found by label. */
export async function findLeftovers(docker: Docker, rig?: string): Promise<Leftovers> {
  const filters = { label: [rig ? `${LABEL_RIG}=${rig}` : LABEL_RIG] };
  const [containers, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
  ]);
  return {
    containers: containers.map(({ Id, Names, Labels }) => leftover(Id, Names[0]?.slice(1) ?? Id, Labels)),
    networks: networks.map(({ Id, Name, Labels }) => leftover(Id, Name, Labels ?? {})),
  };
}

/**
 * Removes them, volumes included, in parallel; idempotent. What is somebody else's stays, unless it was asked for by name
 * (`everybodys`).
 */
export async function removeLeftovers(
  docker: Docker,
  { containers, networks }: Leftovers,
  { everybodys = false } = {},
): Promise<void> {
  const gone = (error: { statusCode?: number }): void => {
    if (error.statusCode !== 404 && error.statusCode !== 409) throw error as Error;
  };
  const ours = ({ others }: Leftover): boolean => everybodys || others === undefined;
  await Promise.all(
    containers
      .filter(ours)
      .map(({ id }) => docker.getContainer(id).remove({ force: true, v: true }).catch(gone)),
  );
  await Promise.all(networks.filter(ours).map(({ id }) => docker.getNetwork(id).remove().catch(gone)));
}
