import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { usageError } from "../errors.ts";
import { projectFile } from "../project.ts";
import { checked } from "./checked.ts";
import { isClusterTopology, readClusterTopology } from "./cluster-topology.ts";
import { closest } from "./did-you-mean.ts";
import type { DeviceClass, LinkParams, NetworkProfile, Topology } from "./model.ts";
import { classesSchema, profilesSchema, topologySchema, type LinkInput } from "./schema.ts";
import { profileProblems, topologyProblems } from "./topology-rules.ts";
import { readYaml, shownPath } from "./yaml-file.ts";

const linkParams = (input: LinkInput): LinkParams => {
  const { delay, jitter, jitterShape, loss, burst, duplicate, reorder, corrupt, rate, mtu } = input;
  return {
    ...(delay !== undefined && { delayMs: delay }),
    ...(jitter !== undefined && { jitterMs: jitter }),
    ...(jitterShape !== undefined && { jitterShape }),
    ...(loss !== undefined && { loss }),
    ...(burst !== undefined && { burst }),
    ...(duplicate !== undefined && { duplicate }),
    ...(reorder !== undefined && { reorder }),
    ...(corrupt !== undefined && { corrupt }),
    ...(rate !== undefined && { rateBps: rate }),
    ...(mtu !== undefined && { mtuBytes: mtu }),
  };
};

/** Every network profile by name. @throws ConfigError */
export const loadProfiles = (
  file = projectFile("fixtures/profiles/profiles.yaml"),
): Map<string, NetworkProfile> => {
  const yaml = readYaml(file);
  const profiles = checked(yaml, profilesSchema, (all) =>
    Object.entries(all).flatMap(([name, profile]) => [
      ...profileProblems(profile?.betweenSites ?? {}, [name, "betweenSites"], yaml),
      ...profileProblems(profile?.towardsTester ?? {}, [name, "towardsTester"], yaml),
    ]),
  );
  return new Map(
    Object.entries(profiles).map(([name, { description, betweenSites, towardsTester }]) => [
      name,
      { name, description, betweenSites: linkParams(betweenSites), towardsTester: linkParams(towardsTester) },
    ]),
  );
};

/** Every device class by name. @throws ConfigError */
export const loadClasses = (
  file = projectFile("fixtures/classes/classes.yaml"),
): Map<string, DeviceClass> => {
  const classes = checked(readYaml(file), classesSchema, () => []);
  return new Map(
    Object.entries(classes).map(([name, { description, cpus, memory }]) => [
      name,
      { name, description, cpus, memoryMiB: memory },
    ]),
  );
};

/** Names of the topologies that come with the project. */
export const topologyNames = (): string[] =>
  readdirSync(projectFile("fixtures/topologies"))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => basename(file, ".yaml"))
    .sort();

const topologyFile = (pathOrName: string): string => {
  const isPath = /[/\\]|\.ya?ml$/.test(pathOrName);
  const file = isPath ? resolve(pathOrName) : projectFile("fixtures/topologies", `${pathOrName}.yaml`);
  if (existsSync(file)) return file;
  const near = isPath ? undefined : closest(pathOrName, topologyNames());
  throw usageError("topology-unknown", `there is no topology \`${pathOrName}\``, {
    where: shownPath(file),
    expected: `a YAML file, or one of ${topologyNames().join(", ")}`,
    fix: near === undefined ? "check the path or the name" : `did you mean \`${near}\`?`,
  });
};

/**
 * Reads and validates a topology before anything is touched. A bare name is looked for in `fixtures/topologies`; one that
 * was read already is given back. Of the driver `cluster` it has no nodes yet: those are the API's to tell.
 *
 * @throws ConfigError with every problem of the file.
 */
export const loadTopology = (given: string | Topology): Topology => {
  if (typeof given !== "string") return given;
  const file = topologyFile(given);
  const yaml = readYaml(file);
  if (isClusterTopology(yaml)) return readClusterTopology(yaml, file);
  const known = { profiles: [...loadProfiles().keys()], classes: [...loadClasses().keys()] };
  const input = checked(yaml, topologySchema, (topology) => topologyProblems(topology, yaml, known));
  const { nodeMonitorGracePeriod, unreachableToleration } = input.cluster;
  return {
    name: input.name,
    engine: input.engine,
    driver: input.driver,
    existing: undefined,
    inventory: input.inventory === undefined ? undefined : resolve(dirname(file), input.inventory),
    functionsLayer: input.functionsLayer,
    sites: input.sites,
    nodes: input.nodes.map(({ name, site, role, class: deviceClass }) => ({ name, site, role, deviceClass })),
    testers: input.testers,
    wanProfile: input.wanProfile,
    links: input.links.map((link) => ({ from: link.from, to: link.to, params: linkParams(link) })),
    emulation: input.emulation,
    overlay: input.overlay,
    openfaas: input.openfaas,
    metricsServer: input.metricsServer,
    knative: {
      release:
        input.knative.release === undefined ? undefined : resolve(dirname(file), input.knative.release),
      stableWindowSeconds: input.knative.stableWindow / 1000,
      scaleToZeroGracePeriodSeconds: input.knative.scaleToZeroGracePeriod / 1000,
      meshCompatibilityMode: input.knative.meshCompatibilityMode,
    },
    workloads: input.workloads,
    cluster: {
      nodeMonitorGracePeriodSeconds: nodeMonitorGracePeriod / 1000,
      unreachableTolerationSeconds: unreachableToleration / 1000,
    },
    file,
  };
};
