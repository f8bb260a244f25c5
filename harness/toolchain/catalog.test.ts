import { expect } from "chai";
import { ConfigError } from "../config/config-error.ts";
import { loadCatalog } from "./catalog.ts";
import { makeTinyLock, tinyTools, type TinyLock } from "./testing/tiny-lock.ts";

describe("the tool catalogue", () => {
  let lock: TinyLock;
  beforeEach(() => (lock = makeTinyLock()));
  afterEach(() => lock.remove());

  const errorOf = (content: string): ConfigError => {
    lock.write("tools.yaml", content);
    try {
      loadCatalog(lock.file);
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigError);
      return error as ConfigError;
    }
    throw new Error("it was accepted");
  };

  it("that ships with edgeproof is valid and pins versions by the locks", () => {
    const { programs } = loadCatalog();
    const kubelet = programs.get("kubelet")!;
    expect(kubelet.lock.version).to.match(/^\d+\.\d+\.\d+$/);
    expect(kubelet.lock.ldflags).to.contain(`gitVersion=v${kubelet.lock.version} `);
    expect(kubelet.lock.ldflags).not.to.match(/[{}]/);
    expect(programs.get("nebula-cert")?.for).to.deep.equal(["host"]);
  });

  it("names the file and line of an unknown key", () => {
    const error = errorOf(tinyTools.replace("    tags: []", "    tags: []\n    tag: [x]"));
    expect(error.format()).to.contain(`${lock.file}:9:5: unknown key \`locks.tiny.tag\``);
  });

  it("names the file and line of a wrong value", () => {
    const error = errorOf(tinyTools.replace("coldSeconds: 1", "coldSeconds: soon"));
    expect(error.where).to.equal(`${lock.file}:10:18`);
    expect(error.expected).to.equal("seconds");
  });

  it("refuses a module that its lock does not require, and a folder that is no lock", () => {
    expect(
      errorOf(tinyTools.replace("module: example.test/dep", "module: example.test/deq")).message,
    ).to.contain("`example.test/deq` is not in the lock");
    const error = errorOf(tinyTools.replace("folder: second", "folder: third"));
    expect(error).to.include({ message: "`third` is no lock", where: `${lock.file}:16:13` });
  });
});
