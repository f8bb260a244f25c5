import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { ensureRuntimeFolder } from "./runtime-folder.ts";

/** `e_machine` of an ELF file (System V ABI, chapter 4). */
const MACHINE = { amd64: 62, arm64: 183 };

describe("The folder of edgeproof's own programs", function () {
  this.timeout(120_000);
  let cache: string;

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "edgeproof-runtime-"));
  });
  afterEach(() => rm(cache, { recursive: true, force: true }));

  for (const architecture of ["amd64", "arm64"] as const)
    it(`has Node, the programs, and what they load, for ${architecture}`, async () => {
      const folder = await ensureRuntimeFolder(cache, architecture);
      const binding = join("@koromix", `koffi-linux-${{ amd64: "x64", arm64: "arm64" }[architecture]}`);
      for (const name of ["koffi", binding]) {
        const text = await readFile(join(folder, "node_modules", name, "package.json"), "utf8");
        expect(JSON.parse(text)).to.have.property("name", name);
      }
      const node = await readFile(join(folder, "node"));
      expect(node.readUInt16LE(18)).to.equal(MACHINE[architecture]);
      expect(await readdir(folder)).to.include.members(["agent.mjs", "wan.mjs", "link-meter.mjs"]);
      const left = await readdir(join(cache, "npm")).catch(() => []);
      expect(left).to.deep.equal([]);
    });
});
