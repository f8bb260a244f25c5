import { expect } from "chai";
import { execa } from "execa";
import { createHash } from "node:crypto";
import { on } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract, type Header } from "tar-stream";
import { type ImagePlatform, packImage } from "./oci-image.ts";

interface Entry {
  header: Header;
  content: Buffer;
}
interface Descriptor {
  digest: string;
  size: number;
  platform?: object;
  annotations?: Record<string, string>;
}

const unpack = async (tar: Buffer): Promise<Map<string, Entry>> => {
  const entries = new Map<string, Entry>();
  const reader = extract();
  Readable.from([tar]).pipe(reader);
  for await (const entry of reader)
    entries.set(entry.header.name, { header: entry.header, content: await buffer(entry) });
  return entries;
};
const sha256 = (content: Buffer): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;
const parse = <T>(content: Buffer): T => JSON.parse(content.toString()) as T;

describe("the image of a function", () => {
  const binary = Buffer.from("#!not really a program");
  const platform = { architecture: "arm", variant: "v7" } as const;
  let scratch: string;
  let archives = 0;

  before(async () => void (scratch = await mkdtemp(join(tmpdir(), "edgeproof-image-"))));
  after(() => rm(scratch, { recursive: true }));

  const packed = async (content: Buffer, on: ImagePlatform = platform) => {
    const program = join(scratch, `program-${archives++}`);
    const archive = `${program}.tar`;
    await writeFile(program, content);
    const reference = await packImage({ name: "hello-world", platform: on, program, archive });
    return { reference, tar: await readFile(archive) };
  };

  it("is an OCI layout whose digests and sizes are right", async () => {
    const { reference, tar } = await packed(binary);
    const entries = await unpack(tar);
    const resolve = ({ digest, size }: Descriptor): Buffer => {
      const { content } = entries.get(`blobs/sha256/${digest.slice("sha256:".length)}`)!;
      expect(sha256(content)).to.equal(digest);
      expect(content.length).to.equal(size);
      return content;
    };
    expect(parse(entries.get("oci-layout")!.content)).to.deep.equal({ imageLayoutVersion: "1.0.0" });
    const [listed] = parse<{ manifests: Descriptor[] }>(entries.get("index.json")!.content).manifests;
    expect(listed!.annotations).to.include({ "io.containerd.image.name": reference });
    expect(listed!.platform).to.deep.equal({ architecture: "arm", variant: "v7", os: "linux" });
    expect(reference).to.equal(`edgeproof.local/hello-world:${listed!.digest.slice(7, 19)}`);

    const manifest = parse<{ config: Descriptor; layers: Descriptor[] }>(resolve(listed!));
    const config = parse<{ architecture: string; config: object; rootfs: { diff_ids: string[] } }>(
      resolve(manifest.config),
    );
    expect(config).to.include({ architecture: "arm", variant: "v7", os: "linux" });
    expect(config.config).to.deep.include({ User: "65532:65532", Entrypoint: ["/app"] });
    const layer = resolve(manifest.layers[0]!);
    expect(config.rootfs.diff_ids).to.deep.equal([sha256(layer)]);

    const files = await unpack(layer);
    expect([...files.keys()]).to.deep.equal(["app", "etc/", "etc/passwd"]);
    expect(files.get("app")!.content.equals(binary)).to.equal(true);
    expect(files.get("app")!.header.mode).to.equal(0o755);
    expect(files.get("etc/passwd")!.content.toString()).to.match(/^nobody:x:65532:65532:/);
  });

  it("is the same, byte for byte, for the same input, and another one for another program", async () => {
    const [one, again] = await Promise.all([packed(binary), packed(binary)]);
    expect(one.tar.equals(again.tar)).to.equal(true);
    const other = await packed(Buffer.from("another"));
    expect(other.reference).to.not.equal(one.reference);
  });

  it("is imported and unpacked by a real containerd, under its reference", async function () {
    this.timeout(60_000);
    const skip = (reason: string): void => {
      this.test!.title += ` (skipped: ${reason})`;
      this.skip();
    };
    if (process.getuid?.() !== 0) skip("containerd needs root");
    if ((await execa("containerd", ["--version"], { reject: false })).exitCode !== 0)
      skip("no containerd on PATH");
    const folder = await mkdtemp(join(tmpdir(), "edgeproof-oci-"));
    const address = join(folder, "containerd.sock");
    const config = join(folder, "config.toml");
    await writeFile(config, 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n');
    const folders = ["--root", join(folder, "root"), "--state", join(folder, "state")];
    const containerd = execa("containerd", ["--config", config, "--address", address, ...folders], {
      reject: false,
    });
    try {
      let log = "";
      for await (const chunk of on(containerd.stderr, "data", { signal: AbortSignal.timeout(30_000) })) {
        log += String(chunk);
        if (log.includes("containerd successfully booted")) break;
      }
      const { reference, tar } = await packed(binary, { architecture: "amd64" });
      const ctr = (args: string[], input: Uint8Array = Buffer.alloc(0)) =>
        execa("ctr", ["--address", address, "-n", "k8s.io", ...args], { input });
      await ctr(["images", "import", "--snapshotter", "native", "-"], tar);
      expect((await ctr(["images", "ls", "-q"])).stdout).to.equal(reference);
      expect((await ctr(["images", "check", "--snapshotter", "native"])).stdout).to.match(
        /complete \(2\/2\).*true/,
      );
    } finally {
      containerd.kill();
      await containerd;
      await rm(folder, { recursive: true, force: true });
    }
  });
});
