import { expect } from "chai";
import { execa } from "execa";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const scripts = fileURLToPath(new URL(".", import.meta.url));

/** Says what it got, and on Ctrl-C takes a second to end, as a rig that is healed does. */
const command = `
process.on("SIGINT", () => {
  console.log("interrupted");
  setTimeout(() => process.exit(130), 1000);
});
console.log("argv", ...process.argv.slice(2));
if (process.argv[2] === "bench") setInterval(() => {}, 1000);
else process.exitCode = 2;
`;

const lockFile = (version: string): string =>
  JSON.stringify({
    packages: { "": {}, "node_modules/a": { version }, "node_modules/b": { optional: true } },
  });

describe("the bootstrap script", function () {
  this.timeout(30_000);
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "edgeproof-bootstrap-"));
    mkdirSync(join(root, "scripts"));
    mkdirSync(join(root, "node_modules"));
    copyFileSync(join(scripts, "bootstrap.mjs"), join(root, "scripts/bootstrap.mjs"));
    writeFileSync(join(root, "scripts/edgeproof.mjs"), command);
    writeFileSync(join(root, "package-lock.json"), lockFile("1.0.0"));
    writeFileSync(join(root, "node_modules/.package-lock.json"), lockFile("1.0.0"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const bootstrap = (argv: string[], env: Record<string, string> = {}) =>
    execa(process.execPath, [join(root, "scripts/bootstrap.mjs"), ...argv], { reject: false, env });

  it("runs the command at once when the packages are there, and passes arguments and the exit code on", async () => {
    const { stdout, exitCode } = await bootstrap(["test", "--only", "a b"]);
    expect(stdout).to.equal("argv test --only a b");
    expect(exitCode).to.equal(2);
  });

  it("passes Ctrl-C on once, however often it comes in one go, and waits for the command's end", async () => {
    const running = bootstrap(["bench"], {});
    for await (const line of running) {
      if (!line.startsWith("argv")) continue;
      running.kill("SIGINT");
      // npm's own copy.
      setTimeout(() => running.kill("SIGINT"), 50);
    }
    const { stdout, exitCode } = await running;
    expect(stdout).to.equal("argv bench\ninterrupted");
    expect(exitCode).to.equal(130);
  });

  it("says so when packages have to be installed and npm is not there", async () => {
    writeFileSync(join(root, "package-lock.json"), lockFile("1.0.1"));
    const { stdout, stderr, exitCode } = await bootstrap(["test"], { npm_execpath: "", PATH: root });
    expect(stdout).to.equal("");
    expect(stderr).to.contain("error: npm is not on PATH [npm-missing]");
    expect(exitCode).to.equal(64);
  });
});

describe("the edgeproof script", () => {
  it("explains itself on a Node that is too old", async () => {
    const old = 'Object.defineProperty(process, "versions", { value: { node: "18.20.1" } })';
    const argv = [
      "--import",
      `data:text/javascript,${encodeURIComponent(old)}`,
      join(scripts, "edgeproof.mjs"),
    ];
    const { stderr, exitCode } = await execa(process.execPath, argv, { reject: false });
    expect(stderr)
      .to.contain("error: Node 18.20.1 is too old [node-too-old]")
      .and.to.contain("Node >= 20.19");
    expect(exitCode).to.equal(64);
  });
});
