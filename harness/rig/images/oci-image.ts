import { createHash } from "node:crypto";
import { tarOf, type TarEntry } from "./deterministic-tar.ts";

/** CPU architecture in the words of Go and OCI; `v7` and `v8` are variants of `arm` and `arm64`. */
export interface ImagePlatform {
  architecture: "amd64" | "arm64" | "arm";
  variant?: "v7" | "v8";
}

export interface ImageSpec {
  /** Last part of the image's name, such as `hello-world`. */
  name: string;
  platform: ImagePlatform;
  /** A static Linux executable; becomes `/app`. */
  binary: Uint8Array;
}

export interface ImageArchive {
  /** Such as `edgeproof.local/hello-world:3f1c...`; the tag is the first 12 hex digits of the manifest's digest. */
  reference: string;
  /** OCI image layout, for `ctr -n k8s.io images import`. */
  tar: Buffer;
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
const blob = (content: Buffer): TarEntry => ({
  path: `blobs/sha256/${sha256(content)}`,
  content,
  mode: 0o644,
});

/**
 * Packs one executable as an image FROM scratch, without a container engine. The same input gives the same bytes, so
 * that an unchanged function keeps its reference and is not imported again.
 *
 * Layout: https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
 */
export const packImage = async ({ name, platform, binary }: ImageSpec): Promise<ImageArchive> => {
  const passwd = Buffer.from(`nobody:x:${nobody}:${nobody}:nobody:/:/nonexistent\n`);
  // Not compressed: it goes from a disk to the same disk, and every node would have to unpack it.
  const layer = await tarOf([
    { path: "app", content: binary, mode: 0o755 },
    { path: "etc/", mode: 0o755 },
    { path: "etc/passwd", content: passwd, mode: 0o644 },
  ]);
  const config = json({
    architecture: platform.architecture,
    ...(platform.variant && { variant: platform.variant }),
    os: "linux",
    config: {
      User: `${nobody}:${nobody}`,
      Entrypoint: ["/app"],
      ExposedPorts: { "8080/tcp": {} },
      WorkingDir: "/",
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
    history: [{ created_by: "edgeproof" }],
  });
  const manifestType = "manifest.v1+json";
  const manifest = json({
    schemaVersion: 2,
    mediaType: `application/vnd.oci.image.${manifestType}`,
    config: describe("config.v1+json", config),
    layers: [describe("layer.v1.tar", layer)],
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
  const tar = await tarOf([
    { path: "oci-layout", content: json({ imageLayoutVersion: "1.0.0" }), mode: 0o644 },
    { path: "index.json", content: index, mode: 0o644 },
    { path: "blobs/", mode: 0o755 },
    { path: "blobs/sha256/", mode: 0o755 },
    ...[manifest, config, layer].map(blob),
  ]);
  return { reference, tar };
};
