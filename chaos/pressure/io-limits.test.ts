import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { ioTree, limitFiles, limitInForce, limitedCgroups } from "./io-limits.ts";

const DISK = "254:0";

describe("limits of a disk", () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), "edgeproof-cgroup-"))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const file = (path: string, text = ""): void => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const under = (paths: readonly string[]): string[] =>
    paths.map((path) => path.slice(root.length + 1)).sort();

  it("on cgroup v2 are set at the root's children, for all below them", () => {
    file("cgroup.controllers", "cpu io memory\n");
    file("cgroup.subtree_control", "cpu io\n");
    for (const cgroup of ["init", "kubepods", "kubepods/pod1"]) file(`${cgroup}/io.max`);
    file("without-io/cgroup.procs");
    const tree = ioTree(root);
    expect(tree?.version).to.equal(2);
    expect(under(limitedCgroups(tree!, true))).to.deep.equal(["init", "kubepods"]);
    const limits = limitFiles(2, "/c", DISK, { bytesPerSecond: 1_048_576 });
    expect(limits).to.deep.equal([
      { file: "/c/io.max", set: `${DISK} rbps=1048576 wbps=1048576`, clear: `${DISK} rbps=max wbps=max` },
    ]);
  });

  it("cannot be had on cgroup v2 without the io controller", () => {
    file("cgroup.controllers", "cpu memory\n");
    file("cgroup.subtree_control", "cpu\n");
    expect(ioTree(root)).to.equal(undefined);
  });

  it("on cgroup v1 are set in each cgroup, in the root only where it is the machine's own", () => {
    for (const cgroup of ["", "kubepods/", "kubepods/pod1/"])
      file(`blkio/${cgroup}blkio.throttle.write_bps_device`);
    const tree = ioTree(root)!;
    expect(tree.version).to.equal(1);
    const below = ["blkio/kubepods", "blkio/kubepods/pod1"];
    expect(under(limitedCgroups(tree, false))).to.deep.equal(below);
    expect(under(limitedCgroups(tree, true))).to.deep.equal(["blkio", ...below]);
    expect(limitFiles(1, "/c", DISK, { operationsPerSecond: 20 })).to.deep.equal([
      { file: "/c/blkio.throttle.read_iops_device", set: `${DISK} 20`, clear: `${DISK} 0` },
      { file: "/c/blkio.throttle.write_iops_device", set: `${DISK} 20`, clear: `${DISK} 0` },
    ]);
  });

  it("touch no file where nothing is to be limited", () => {
    for (const version of [1, 2] as const) expect(limitFiles(version, "/c", DISK, {})).to.deep.equal([]);
  });

  it("of somebody else are seen, of other disks are not, and `max` is none", () => {
    expect(limitInForce("8:0 100\n254:0 1048576\n", DISK)).to.equal("254:0 1048576");
    expect(limitInForce("254:0 rbps=max wbps=5 riops=max wiops=max\n", DISK)).to.contain("wbps=5");
    expect(limitInForce("254:0 rbps=max wbps=max riops=max wiops=max\n", DISK)).to.equal(undefined);
    expect(limitInForce("8:0 100\n254:01 7\n", DISK)).to.equal(undefined);
    expect(limitInForce("", DISK)).to.equal(undefined);
  });
});
