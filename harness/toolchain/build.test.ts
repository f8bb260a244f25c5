import { expect } from "chai";
import { execa } from "execa";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeTinyLock, type TinyLock } from "./testing/tiny-lock.ts";

const script = fileURLToPath(new URL("testing/build-in-process.ts", import.meta.url));

describe("builds in several processes", function () {
  this.timeout(180_000);
  let lock: TinyLock;
  beforeEach(() => (lock = makeTinyLock()));
  afterEach(() => lock.remove());

  const start = (env: Record<string, string> = {}) =>
    execa(process.execPath, ["--import", "tsx", script, lock.file, lock.cache], { reject: false, env });

  it("leaves no program, and no obstacle, when one is killed half-way", async () => {
    // An empty cache of Go's: the standard library is compiled too, so that there is a half-way.
    const victim = start({ GOCACHE: join(lock.root, "gocache") });
    for await (const line of victim) {
      if (!line.includes('"compiled":0')) victim.kill("SIGKILL");
    }
    expect((await victim).signal).to.equal("SIGKILL");
    expect(existsSync(join(lock.cache, "store"))).to.equal(false);
    const left = readdirSync(join(lock.cache, "tmp"));
    expect(left).to.have.length(1);
    const next = await start();
    expect(next.stdout).to.contain('"source":"built"');
    expect(readdirSync(join(lock.cache, "tmp"))).not.to.include(left[0]);
  });

  it("waits for another process that builds the same, and uses its result", async () => {
    const first = start({ GOCACHE: join(lock.root, "gocache") });
    let second: ReturnType<typeof start> | undefined;
    for await (const line of first) if (line.includes('"building"')) second ??= start();
    expect((await first).stdout).to.contain('"source":"built"');
    const { stdout } = await second!;
    expect(stdout).to.contain("by another process").and.to.contain('"source":"cache"');
  });
});
