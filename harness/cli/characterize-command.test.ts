import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { execa } from "execa";

import { loadTopology } from "../config/load.ts";
import { EdgeproofError } from "../errors.ts";
import { projectFile } from "../project.ts";
import { onlyNode } from "./commands/characterize.ts";

describe("edgeproof characterize", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-cli-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const characterize = (...argv: string[]) =>
    execa(process.execPath, [projectFile("scripts/edgeproof.mjs"), "characterize", ...argv], {
      cwd: folder,
      env: {
        XDG_STATE_HOME: join(folder, "state"),
        DOCKER_HOST: `unix://${folder}/none.sock`,
        NO_COLOR: "1",
      },
      reject: false,
    });
  /** A rig as far as its state tells. */
  const rig = (name: string): void => {
    mkdirSync(join(folder, "state/edgeproof/rigs", name), { recursive: true });
    const topologyFile = projectFile("fixtures/topologies/quickstart.yaml");
    writeFileSync(
      join(folder, "state/edgeproof/rigs", name, "rig.json"),
      JSON.stringify({ schema: 2, rig: name, topologyFile, driver: { kind: "container" }, machines: [] }),
    );
  };

  it("begins its help with an example and ends it with exit codes of its own", async () => {
    const { exitCode, stdout } = await characterize("--help");
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/^Example:\n {2}edgeproof characterize lab/);
    expect(stdout).to.match(/ 2 {2}something was not measured/);
  });

  const refused: [string[], string[], RegExp][] = [
    [[], [], /no rig is up[^]*edgeproof up/],
    [["lab", "other"], [], /more than one rig is up[^]*lab, other/],
    [["lab"], ["lob"], /no rig lob[^]*did you mean `lab`/],
    [["lab"], ["lab", "--node", "cloud-9"], /no node cloud-9[^]*one of [^]*cloud-1/],
    [["lab"], ["lab", "--save-class", "pi5"], /no device class pi5/],
    [["lab"], ["lab", "--save-class", "pi4"], /whose scores[^]*--node/],
    [["lab"], ["lab", "--budget", "5"], /5 s are too short[^]*at least/],
    [["lab"], ["lab", "--budget", "0"], /above 0/],
    [["lab"], ["lab", "--host"], /no other choice: the rig lab/],
    [[], ["--host", "--node", "cloud-1"], /no other choice: node/],
  ];
  for (const [rigs, argv, words] of refused)
    it(`is refused with 64 and touches nothing: ${argv.join(" ") || `${rigs.length} rigs, none named`}`, async () => {
      rigs.forEach(rig);
      const before = readdirSync(folder, { recursive: true });
      const { exitCode, stdout, stderr } = await characterize(...argv);
      expect([exitCode, stdout]).to.deep.equal([64, ""]);
      expect(stderr).to.match(words);
      expect(readdirSync(folder, { recursive: true })).to.deep.equal(before);
    });

  it("refuses a file of measured classes that is wrong, with its line", async () => {
    rig("lab");
    writeFileSync(join(folder, "mine.yaml"), "pi4: 3\n");
    const { exitCode, stderr } = await characterize("lab", "--scores", "mine.yaml");
    expect(exitCode).to.equal(64);
    expect(stderr).to.match(/mine\.yaml:1/);
  });

  it("keeps no emulated class as a reference for itself", () => {
    const topology = loadTopology("quickstart");
    const [first] = topology.nodes;
    expect(onlyNode(topology, { node: first!.name, saveClass: "pi4" })).to.equal(first!.name);
    expect(onlyNode(topology, {})).to.equal(undefined);
    expect(() => onlyNode({ ...topology, emulation: "limits" }, { node: first!.name, saveClass: "pi4" }))
      .to.throw(EdgeproofError, "emulated class")
      .with.property("exitCode", 64);
  });
});
