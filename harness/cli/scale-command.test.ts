import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { EdgeproofError } from "../errors.ts";
import { scale, type ScaleCommandOptions } from "./commands/scale.ts";
import { edgeproof } from "./testing.ts";

describe("edgeproof scale", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-cli-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is refused with 64, and touches nothing: --nodes 20 --steps 10,5", async () => {
    const { exitCode, stdout, stderr } = await edgeproof(folder, "scale", "--nodes", "20", "--steps", "10,5");
    expect([exitCode, stdout]).to.deep.equal([64, ""]);
    expect(stderr).to.match(/no steps to 20 nodes/);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  const usual = { nodes: 20, podsPerNode: 2, window: 75, churn: 5, seed: 1, json: false, quiet: true };
  const refused: [Partial<ScaleCommandOptions>, RegExp][] = [
    [{ churn: 9 }, /9 pods a second are more than the SLOs are promised for/],
    [{ podsPerNode: 101 }, /101 pods do not fit on a node/],
    [{ profile: "tpy" }, /no profile tpy[\s\S]*did you mean `typ`/],
    [{ from: "cloud-1" }, /no machine cloud-1[\s\S]*edge-1, tester/],
    [{ rig: "nowhere", topology: "scale" }, /a rig that is up has its topology/],
  ];
  for (const [changed, words] of refused)
    it(`is refused before anything is touched: ${JSON.stringify(changed)}`, async () => {
      const error = await scale({ ...usual, output: folder, ...changed }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(EdgeproofError);
      expect([(error as EdgeproofError).exitCode, (error as EdgeproofError).format()]).to.satisfy(
        ([code, text]: [number, string]) => code === 64 && words.test(text),
      );
      expect(readdirSync(folder)).to.deep.equal([]);
    });
});
