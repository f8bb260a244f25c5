import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { tarOf, type TarContent, type TarEntry } from "./deterministic-tar.ts";

/** CPU architecture in the words of Go and OCI; `v7` and `v8` are variants of `arm` and `arm64`. */
export interface ImagePlatform {
  architecture: "amd64" | "arm64" | "arm";
  variant?: "v7" | "v8";
}

interface AnyImageSpec {
  /** Last part of the image's name, such as `hello-world`. */
  name: string;
  platform: ImagePlatform;
  /** Where the OCI image layout is written, for `ctr -n k8s.io images import`. */
  archive: string;
}

export interface ImageSpec extends AnyImageSpec {
  /** Path of a static Linux executable; becomes `/app`. */
  program: string;
}

/** An image of any files, whose user is root. */
export interface FilesImageSpec extends AnyImageSpec {
  /** Folders before what lies in them. */
  files: readonly TarEntry[];
  entrypoint: readonly string[];
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

const nobody = 65532;
const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const describe = (mediaType: string, content: Buffer): Descriptor => ({
  mediaType: `application/vnd.oci.image.${mediaType}`,
  digest: `sha256:${sha256(content)}`,
  size: content.length,
});
const blob = ({ digest }: Descriptor, content: TarContent): TarEntry => ({
  path: `blobs/sha256/${digest.slice("sha256:".length)}`,
  content,
  mode: 0o644,
});

/** Writes a tar to a file and says what it holds; programs are too large to be kept in memory several times over. */
async function writeLayer(entries: readonly TarEntry[], file: string): Promise<Descriptor> {
  const hash = createHash("sha256");
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(undefined, chunk);
    },
  });
  await pipeline(tarOf(entries), measure, createWriteStream(file));
  return {
    mediaType: "application/vnd.oci.image.layer.v1.tar",
    digest: `sha256:${hash.digest("hex")}`,
    size,
  };
}

/**
 * Packs one executable as an image FROM scratch, without a container engine. The same input gives the same bytes, so
 * that an unchanged function keeps its reference and is not imported again. Returns the reference, such as
 * `edgeproof.local/hello-world:3f1c...`; the tag is the first 12 hex digits of the manifest's digest.
 *
 * Layout: https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
 */
export const packImage = async ({ program, ...spec }: ImageSpec): Promise<string> => {
  const passwd = Buffer.from(`nobody:x:${nobody}:${nobody}:nobody:/:/nonexistent\n`);
  const files = [
    { path: "app", content: { file: program, size: (await stat(program)).size }, mode: 0o755 },
    { path: "etc/", mode: 0o755 },
    { path: "etc/passwd", content: passwd, mode: 0o644 },
  ];
  const config = {
    User: `${nobody}:${nobody}`,
    Entrypoint: ["/app"],
    ExposedPorts: { "8080/tcp": {} },
    WorkingDir: "/",
  };
  return withLayer(spec, files, config);
};

/** The same of a program that needs files beside it, such as shared libraries. */
export const packFiles = ({ files, entrypoint, ...spec }: FilesImageSpec): Promise<string> =>
  withLayer(spec, files, { User: "0:0", Entrypoint: entrypoint, WorkingDir: "/" });

async function withLayer(spec: AnyImageSpec, files: readonly TarEntry[], config: object): Promise<string> {
  const layerFile = `${spec.archive}.layer`;
  try {
    return await pack(spec, files, config, layerFile);
  } finally {
    await rm(layerFile, { force: true });
  }
}

async function pack(
  { name, platform, archive }: AnyImageSpec,
  files: readonly TarEntry[],
  settings: object,
  layerFile: string,
): Promise<string> {
  // Not compressed: it goes from a disk to the same disk, and every node would have to unpack it.
  const layer = await writeLayer(files, layerFile);
  const config = json({
    architecture: platform.architecture,
    ...(platform.variant && { variant: platform.variant }),
    os: "linux",
    config: settings,
    rootfs: { type: "layers", diff_ids: [layer.digest] },
    history: [{ created_by: "edgeproof" }],
  });
  const manifestType = "manifest.v1+json";
  const manifest = json({
    schemaVersion: 2,
    mediaType: `application/vnd.oci.image.${manifestType}`,
    config: describe("config.v1+json", config),
    layers: [layer],
  });
  const tag = sha256(manifest).slice(0, 12);
  const reference = `edgeproof.local/${name}:${tag}`;
  const index = json({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        ...describe(manifestType, manifest),
        platform: { ...platform, os: "linux" },
        annotations: { "io.containerd.image.name": reference, "org.opencontainers.image.ref.name": tag },
      },
    ],
  });
  const entries: TarEntry[] = [
    { path: "oci-layout", content: json({ imageLayoutVersion: "1.0.0" }), mode: 0o644 },
    { path: "index.json", content: index, mode: 0o644 },
    { path: "blobs/", mode: 0o755 },
    { path: "blobs/sha256/", mode: 0o755 },
    blob(describe(manifestType, manifest), manifest),
    blob(describe("config.v1+json", config), config),
    blob(layer, { file: layerFile, size: layer.size }),
  ];
  await pipeline(tarOf(entries), createWriteStream(archive));
  return reference;
}
