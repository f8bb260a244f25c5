import { type ContainerRuntimeClient, getContainerRuntimeClient } from "testcontainers";

import { rigError } from "../../../errors.ts";

/** dockerode's client, by the way testcontainers found the engine (DOCKER_HOST, contexts, Docker Desktop, rootless). */
export type Docker = ContainerRuntimeClient["container"]["dockerode"];

export async function connectDocker(): Promise<Docker> {
  try {
    return (await getContainerRuntimeClient()).container.dockerode;
  } catch (cause) {
    throw rigError("NO_CONTAINER_ENGINE", "no container engine answers", {
      where: process.env.DOCKER_HOST ?? "the default Docker socket",
      expected: "Docker 20.10 or newer, reachable by this user",
      fix: "start Docker (or set DOCKER_HOST); `edgeproof doctor` shows what was found",
      cause,
    });
  }
}

/** CPUs of the engine's machine, which may be another than this one. */
export async function engineCores(docker: Docker): Promise<number> {
  return ((await docker.info()) as { NCPU: number }).NCPU;
}

/** Architecture of the engine's machine in Go's words. */
export async function engineArchitecture(docker: Docker): Promise<"amd64" | "arm64"> {
  const { Architecture } = (await docker.info()) as { Architecture: string };
  if (Architecture === "x86_64" || Architecture === "amd64") return "amd64";
  if (Architecture === "aarch64" || Architecture === "arm64") return "arm64";
  throw rigError("ENGINE_ARCHITECTURE", `containers of architecture ${Architecture} are not supported`, {
    expected: "x86_64 or aarch64 (32-bit Pis are nodes of the ssh driver)",
  });
}
