import { expect } from "chai";
import { join } from "node:path";
import { loadCatalog } from "./catalog.ts";
import { toolchainNeeds, type Need } from "./doctor.ts";
import { nodeTarget } from "./node-target.ts";
import { resolveNodeTools } from "./resolve.ts";
import { makeTinyLock, type TinyLock } from "./testing/tiny-lock.ts";
import type { ToolchainOptions } from "./toolchain.ts";

describe("what the doctor says of the toolchain", function () {
  this.timeout(180_000);
  let lock: TinyLock;
  let options: ToolchainOptions;
  beforeEach(() => {
    lock = makeTinyLock();
    options = { catalog: loadCatalog(lock.file), cache: lock.cache };
  });
  afterEach(() => lock.remove());

  const need = async (name: string, with_: ToolchainOptions = options): Promise<Need | undefined> =>
    (await toolchainNeeds(with_)).find((one) => one.name === name);

  it("tells what is to be built from what is in the cache", async () => {
    expect(await need("tiny")).to.include({ state: "will-build" });
    await resolveNodeTools(["tiny"], nodeTarget(process.arch), options);
    expect((await need("tiny"))?.detail).to.match(/^1\.2\.3, in the cache \(/);
    expect(await need("second")).to.include({ state: "will-build" });
  });

  it("names the fix where Go is missing, and the tools that need it", async () => {
    const env = { PATH: join(lock.root, "nothing"), EDGEPROOF_TOOL_GO: join(lock.root, "no-go") };
    const without = { ...options, env };
    expect((await need("go", without))?.fix).to.match(/^install Go >= 1\.20\.0/);
    expect(await need("tiny", without)).to.include({ state: "missing" });
  });

  it("names the variable that holds a path to nothing", async () => {
    const env = { ...process.env, EDGEPROOF_TOOL_ON_HOST: join(lock.root, "nothing") };
    const found = await need("on-host", { ...options, env });
    expect(found).to.include({ state: "missing", fix: "check the path" });
    expect(found?.detail).to.match(/^EDGEPROOF_TOOL_ON_HOST: /);
  });

  it("sees a cache folder that cannot be one", async () => {
    const found = await need("disk", { ...options, cache: join(lock.file, "cache") });
    expect(found).to.include({ state: "missing" });
    expect(found?.fix).to.contain("EDGEPROOF_CACHE");
  });
});
