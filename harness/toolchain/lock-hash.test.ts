import { expect } from "chai";
import { loadCatalog } from "./catalog.ts";
import { programKey } from "./lock-hash.ts";
import { nodeTarget } from "./node-target.ts";
import { makeTinyLock, tinyTools, type TinyLock } from "./testing/tiny-lock.ts";

describe("the key of a built program", () => {
  let lock: TinyLock;
  beforeEach(() => (lock = makeTinyLock()));
  afterEach(() => lock.remove());

  const key = (name = "tiny", go = "1.26", architecture = "x86_64"): string =>
    programKey(loadCatalog(lock.file).programs.get(name)!, go, nodeTarget(architecture));

  it("stays while nothing changes, and does not depend on where the lock is", () => {
    const before = key();
    const other = makeTinyLock();
    try {
      expect(programKey(loadCatalog(other.file).programs.get("tiny")!, "1.26", nodeTarget("amd64"))).to.equal(
        before,
      );
    } finally {
      other.remove();
    }
  });

  it("changes with the lock's files, the flags, Go's version and the target", () => {
    const keys = [key(), key("tiny", "1.27"), key("tiny", "1.26", "aarch64"), key("renamed")];
    lock.write("tools.yaml", tinyTools.replace("-X main.version={version}", "-X main.version=other"));
    keys.push(key());
    lock.write("tools.yaml", tinyTools);
    lock.write("tiny/go.sum", "");
    keys.push(key());
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it("does not change with another lock or a hidden file", () => {
    const before = key();
    lock.write("second/go.sum", "");
    lock.write("tiny/.DS_Store", "x");
    expect(key()).to.equal(before);
  });
});
