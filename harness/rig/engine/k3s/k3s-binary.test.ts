import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { k3sBinary } from "./k3s-binary.ts";

describe("a K3s binary that is given", () => {
  let folder: string;
  const elf = (name: string, machine: number): string => {
    const head = Buffer.alloc(64);
    head.write("\u007fELF", "latin1");
    head.writeUInt16LE(machine, 18);
    const path = join(folder, name);
    writeFileSync(path, head);
    return path;
  };
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-k3s-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const refusal = (given: string | undefined, architecture: string): Promise<string> =>
    k3sBinary(given, architecture).then(
      (path) => path,
      (error: unknown) => (error as Error).message,
    );

  it("serves nodes of its own architecture, and the others from beside it", async () => {
    const amd64 = elf("k3s", 0x3e);
    const arm64 = elf("k3s-arm64", 0xb7);
    expect(await k3sBinary(amd64, "amd64")).to.equal(amd64);
    expect(await k3sBinary(amd64, "arm64")).to.equal(arm64);
    expect(await k3sBinary(arm64, "amd64")).to.equal(amd64);
  });

  it("is refused for nodes that could not run it", async () => {
    const arm64 = elf("k3s-arm64", 0xb7);
    expect(await refusal(arm64, "amd64")).to.equal("there is no K3s for amd64");
    expect(await refusal(elf("k3s", 0x3e), "arm")).to.equal("there is no K3s for arm");
    writeFileSync(join(folder, "text"), "#!/bin/sh\n");
    expect(await refusal(join(folder, "text"), "amd64")).to.equal("there is no K3s for amd64");
    expect(await refusal(undefined, "amd64")).to.equal("there is no K3s for amd64");
  });
});
