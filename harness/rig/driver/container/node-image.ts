import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { execa } from "execa";

import { rigError } from "../../../errors.ts";
import type { Docker } from "./engine-client.ts";

const SUITE = "bookworm";
/** What a node needs from Debian; everything else comes with the toolchain and the runtime folder. */
const PACKAGES = (
  "ca-certificates conntrack containerd containernetworking-plugins ethtool fping iproute2 iptables iputils-ping kmod mount " +
  "nftables procps runc tini util-linux"
).split(" ");
const BASE_IMAGE = `debian:${SUITE}-slim`;
const RECIPE_VERSION = 1;

export type ImageSource = "given" | "local" | "registry-base" | "debootstrap";

export interface NodeImage {
  reference: string;
  source: ImageSource;
}

export interface ImageOptions {
  /** An image to use as it is (EDGEPROOF_NODE_IMAGE); pulled by the engine if it is not local. */
  given?: string | undefined;
  onProgress?: (message: string) => void;
  signal?: AbortSignal | undefined;
}

const recipeTag = (): string => {
  const recipe = [RECIPE_VERSION, SUITE, ...PACKAGES].join(" ");
  return `edgeproof/node:${createHash("sha256").update(recipe).digest("hex").slice(0, 12)}`;
};

export async function imageExists(docker: Docker, reference: string): Promise<boolean> {
  return docker
    .getImage(reference)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/** Asks the registry through the engine, without pulling. */
export async function registryHas(docker: Docker, reference: string, timeoutMs = 5_000): Promise<boolean> {
  const asked = docker
    .getImage(reference)
    .distribution()
    .then(
      () => true,
      () => false,
    );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), timeoutMs)));
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/**
 * The image that every machine of a rig runs: the one given, else the local one of this recipe, else built: on a base
 * image where a registry answers, else by debootstrap.
 */
export async function ensureNodeImage(docker: Docker, options: ImageOptions = {}): Promise<NodeImage> {
  const report = options.onProgress ?? (() => undefined);
  if (options.given) {
    if (!(await imageExists(docker, options.given))) await pull(docker, options.given, report);
    return { reference: options.given, source: "given" };
  }
  const reference = recipeTag();
  if (await imageExists(docker, reference)) return { reference, source: "local" };
  if ((await imageExists(docker, BASE_IMAGE)) || (await registryHas(docker, BASE_IMAGE))) {
    report(`building ${reference} on ${BASE_IMAGE}`);
    await buildOnBase(reference, options.signal);
    return { reference, source: "registry-base" };
  }
  report(`building ${reference} by debootstrap`);
  await buildByDebootstrap(reference, options.signal);
  return { reference, source: "debootstrap" };
}

export async function pull(
  docker: Docker,
  reference: string,
  report: (message: string) => void,
): Promise<void> {
  report(`pulling ${reference}`);
  try {
    const stream = await docker.pull(reference);
    await new Promise<void>((resolve, reject) =>
      docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())),
    );
  } catch (cause) {
    throw rigError("IMAGE_PULL", `${reference} could not be pulled`, {
      fix: "check the name and that a registry answers",
      cause,
    });
  }
}

async function run(
  program: string,
  args: string[],
  signal: AbortSignal | undefined,
  input?: string,
): Promise<void> {
  const done = await execa(program, args, {
    reject: false,
    ...(signal ? { cancelSignal: signal } : {}),
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
  });
  if (done.failed)
    throw rigError("NODE_IMAGE", `${program} could not build the node image`, {
      where: `${program} ${args.slice(0, 3).join(" ")} ...`,
      fix: "check that Debian's packages can be reached; `edgeproof doctor` shows what is missing",
      cause: new Error((done.stderr || done.stdout || done.shortMessage || "").slice(-1500)),
    });
}

async function buildOnBase(reference: string, signal?: AbortSignal): Promise<void> {
  const dockerfile = [
    `FROM ${BASE_IMAGE}`,
    "ENV DEBIAN_FRONTEND=noninteractive",
    `RUN apt-get update && apt-get install -y --no-install-recommends ${PACKAGES.join(" ")} && rm -rf /var/lib/apt/lists/*`,
  ].join("\n");
  await run("docker", ["build", "-t", reference, "-"], signal, dockerfile);
}

async function buildByDebootstrap(reference: string, signal?: AbortSignal): Promise<void> {
  if (process.getuid?.() !== 0)
    throw rigError("NODE_IMAGE", "no registry answers, and building the node image without one needs root", {
      expected: `${BASE_IMAGE} from a registry, or root for debootstrap`,
      fix: "run as root, or set EDGEPROOF_NODE_IMAGE to an image that has the packages listed in docs/node-image.md",
    });
  const root = await mkdtemp(join(tmpdir(), "edgeproof-image-"));
  try {
    await run("debootstrap", ["--variant=minbase", `--include=${PACKAGES.join(",")}`, SUITE, root], signal);
    const tar = execa(
      "tar",
      ["-C", root, "--exclude=./var/cache/apt", "--exclude=./var/lib/apt/lists", "-c", "."],
      {
        buffer: { stdout: false },
        ...(signal ? { cancelSignal: signal } : {}),
      },
    );
    await tar.pipe("docker", ["import", "-", reference]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
