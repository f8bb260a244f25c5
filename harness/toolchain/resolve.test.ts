import { expect } from "chai";
import { execa } from "execa";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { EdgeproofError } from "../errors.ts";
import { projectFile } from "../project.ts";
import { loadCatalog } from "./catalog.ts";
import { buildGoProgram } from "./go-program.ts";
import { hostTarget, nodeTarget } from "./node-target.ts";
import { nodeToolFolder } from "./node-folder.ts";
import type { ToolProgress } from "./progress.ts";
import { resolveHostTool, resolveNodeTools, startToolchain } from "./resolve.ts";
import { makeTinyLock, type TinyLock } from "./testing/tiny-lock.ts";
import type { ToolchainOptions } from "./toolchain.ts";

const target = nodeTarget(process.arch);

const failure = async (promise: Promise<unknown>): Promise<EdgeproofError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(EdgeproofError);
  return error as EdgeproofError;
};

describe("the toolchain", function () {
  this.timeout(180_000);
  let lock: TinyLock;
  let options: ToolchainOptions;
  beforeEach(() => {
    lock = makeTinyLock();
    options = { catalog: loadCatalog(lock.file), cache: lock.cache };
  });
  afterEach(() => lock.remove());

  it("builds node programs into one folder, under their own names", async () => {
    const { folder, tools } = await resolveNodeTools(["tiny", "renamed", "second"], target, options);
    expect(readdirSync(folder).sort()).to.deep.equal(["renamed", "second", "tiny"]);
    expect(tools.get("renamed")).to.deep.equal({
      name: "renamed",
      path: join(folder, "renamed"),
      source: "built",
      version: "1.2.3",
    });
  });

  it("takes what it built from the cache the next time", async () => {
    await resolveNodeTools(["tiny"], target, options);
    const states: ToolProgress[] = [];
    const again = await resolveNodeTools(["tiny"], target, { ...options, onProgress: (p) => states.push(p) });
    expect(again.tools.get("tiny")?.source).to.equal("cache");
    expect(states.map(({ state }) => state)).to.deep.equal(["cached"]);
  });

  it("builds a host program that runs here and says the pinned version", async () => {
    const tool = await resolveHostTool("on-host", options);
    expect((await execa(tool.path)).stdout).to.equal("tiny 1.2.3");
  });

  it("takes a host program from PATH only at the pinned version", async () => {
    const built = await resolveHostTool("on-host", options);
    const env = { ...process.env, PATH: `${dirname(built.path)}:${process.env.PATH}` };
    const elsewhere = { ...options, cache: join(lock.root, "elsewhere"), env };
    expect(await resolveHostTool("on-host", elsewhere)).to.include({ source: "path", path: built.path });
    lock.write("tiny/go.mod", readFileSync(join(lock.root, "tiny/go.mod"), "utf8").replace("1.2.3", "1.2.4"));
    const newer = { ...elsewhere, catalog: loadCatalog(lock.file) };
    expect(await resolveHostTool("on-host", newer)).to.include({ source: "built", version: "1.2.4" });
  });

  it("keeps one folder while programs appear in it, and rebuilds only what a changed lock makes", async () => {
    const first = await resolveNodeTools(["tiny", "second"], target, options);
    expect(await nodeToolFolder(target, options)).to.equal(first.folder);
    await resolveNodeTools(["renamed"], target, options);
    expect(existsSync(join(first.folder, "renamed"))).to.equal(true);
    lock.write("second/go.sum", "");
    const { folder, tools } = await resolveNodeTools(["tiny", "second"], target, options);
    expect(folder).not.to.equal(first.folder);
    expect([tools.get("tiny")?.source, tools.get("second")?.source]).to.deep.equal(["cache", "built"]);
  });

  it("takes a program that the user named, and refuses one for another system", async () => {
    const { tools } = await resolveNodeTools(["tiny"], target, options);
    const own = { ...options, env: { ...process.env, EDGEPROOF_TOOL_SECOND: tools.get("tiny")!.path } };
    const { folder, tools: named } = await resolveNodeTools(["second"], target, own);
    expect(named.get("second")).to.include({ source: "config", version: "custom" });
    expect(statSync(join(folder, "second")).size).to.equal(statSync(tools.get("tiny")!.path).size);
    const wrong = { ...options, overrides: { second: lock.file } };
    const error = await failure(resolveNodeTools(["second"], target, wrong));
    expect(error).to.include({ code: "tool-wrong-target", where: "tools.second", exitCode: 64 });
  });

  it("builds for 32-bit ARM", async () => {
    const { folder } = await resolveNodeTools(["tiny"], nodeTarget("armv7l"), options);
    expect(folder).to.match(/linux-armv7$/);
    expect(readFileSync(join(folder, "tiny")).readUInt16LE(18)).to.equal(40);
  });

  it("builds one of edgeproof's own programs", async () => {
    lock.write("own/go.mod", "module example.test/own\n\ngo 1.20\n");
    lock.write("own/main.go", 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("own") }\n');
    const path = await buildGoProgram(join(lock.root, "own"), hostTarget(), options);
    expect((await execa(path)).stdout).to.equal("own");
    expect(await buildGoProgram(join(lock.root, "own"), hostTarget(), options)).to.equal(path);
  });

  it("builds a pause program that ends when it is told to", async () => {
    const child = execa(
      await buildGoProgram(projectFile("fixtures/toolchain/pause"), hostTarget(), options),
      {
        reject: false,
      },
    );
    await once(child, "spawn");
    child.kill("SIGCHLD");
    // Until it has set its handlers, a signal ends it the hard way.
    setTimeout(() => child.kill("SIGTERM"), 500);
    expect(await child).to.include({ exitCode: 0, isTerminated: false });
  });

  it("says what the compiler says about a program that does not compile, and keeps the others", async () => {
    lock.write("second/main.go", "package main\n\nfunc main() { nonsense() }\n");
    const started = startToolchain(["tiny", "second"], target, options);
    const error = await failure(started.get("second")!);
    expect(error).to.include({ code: "build-failed", where: "building second", exitCode: 3 });
    expect(error.format()).to.contain("undefined: nonsense");
    expect((await started.get("tiny")!).source).to.equal("built");
  });

  it("names the module that cannot be downloaded", async () => {
    lock.write("second/main.go", 'package main\n\nimport _ "example.test/far/away"\n\nfunc main() {}\n');
    lock.write(
      "second/go.mod",
      "module example.test/second\n\ngo 1.20\n\nrequire (\n\texample.test/dep v1.2.3\n\texample.test/far v0.1.0\n)\n\nreplace example.test/dep => ./dep\n",
    );
    lock.write(
      "second/go.sum",
      `example.test/far v0.1.0 h1:${"A".repeat(43)}=\nexample.test/far v0.1.0/go.mod h1:${"A".repeat(43)}=\n`,
    );
    const before = process.env.GOPROXY;
    // A port that nothing listens on.
    process.env.GOPROXY = "http://127.0.0.1:1";
    try {
      const error = await failure(startToolchain(["second"], target, options).get("second")!);
      expect(error.code).to.equal("module-download");
      expect(error.message).to.equal("the Go module example.test/far@v0.1.0 cannot be downloaded");
    } finally {
      if (before === undefined) delete process.env.GOPROXY;
      else process.env.GOPROXY = before;
    }
  });

  it("says what to install where there is neither Go nor pip", async () => {
    const env = { PATH: join(lock.root, "nothing"), EDGEPROOF_TOOL_GO: join(lock.root, "no-go") };
    const error = await failure(resolveNodeTools(["tiny"], target, { ...options, env }));
    expect(error).to.include({ code: "go-missing", exitCode: 3 });
    expect(error.fix).to.match(/^install Go >= 1\.20\.0/);
  });

  it("says so when Go is too old", async () => {
    lock.write("tools.yaml", readFileSync(lock.file, "utf8").replace("1.20.0", "9.0.0"));
    const go = (await execa("which", ["go"])).stdout;
    const env = { PATH: join(lock.root, "nothing"), EDGEPROOF_TOOL_GO: go };
    const catalog = loadCatalog(lock.file);
    const error = await failure(resolveNodeTools(["tiny"], target, { ...options, catalog, env }));
    expect(error.message).to.match(/^Go 1\.\d+\.\d+ \(.*\) is too old, and pip is not there to get one$/);
  });

  it("stops a build when it is told to, and leaves nothing behind", async () => {
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    const error = await failure(
      startToolchain(["tiny"], target, { ...options, signal: stop.signal, onProgress }).get("tiny")!,
    );
    expect(error).to.include({ code: "build-interrupted", exitCode: 130 });
    expect(existsSync(join(lock.cache, "store"))).to.equal(false);
    expect(readdirSync(join(lock.cache, "locks"))).to.deep.equal([]);
  });

  it("refuses an unknown tool and proposes the one that was meant", () => {
    expect(() => startToolchain(["secnd"], target, options))
      .to.throw(EdgeproofError, "there is no tool `secnd`")
      .with.property("fix", "did you mean `second`?");
  });
});
