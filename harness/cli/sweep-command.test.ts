import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { execa } from "execa";

import { projectFile } from "../project.ts";
import { SweepFolder } from "../sweep/sweep-folder.ts";
import { stepTrials, sweepHeader } from "../sweep/testing.ts";

describe("edgeproof sweep", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-cli-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const sweep = (...argv: string[]) =>
    execa(process.execPath, [projectFile("scripts/edgeproof.mjs"), "sweep", ...argv], {
      cwd: folder,
      env: {
        XDG_STATE_HOME: join(folder, "state"),
        DOCKER_HOST: `unix://${folder}/none.sock`,
        NO_COLOR: "1",
      },
      reject: false,
    });

  const refused: [string[], RegExp][] = [
    [[], /`--vary` is missing/],
    [["--vary", "link.loss=1..5%"], /`--suite` is missing/],
    [["--suite", "relay", "--vary", "link.loss=1..5%"], /`relay` cannot be swept.*\n.*wan-profile-burst/],
    [["--suite", "mtu-black-hole", "--vary", "link.loss=1..5%"], /mtu-black-hole\.yaml:\d+.*no link-loss/],
    [["--suite", "wan-profile-burst", "--vary", "link.loss=5..1%"], /5 is not below 1/],
    [["--suite", "wan-profile-burst", "--vary", "link.loss=1..5%", "--cap", "3"], /3 trials of a point/],
    [["--suite", "wan-profile-burst", "--vary", "link.loss=1..5%", "--trials", "0"], /above 0/],
    [["--suite", "wan-profile-burst", "--vary", "link.loss=1..5%", "--resolution", "9%"], /no resolution/],
    [["--resume", "nowhere"], /not a sweep/],
  ];
  for (const [argv, words] of refused)
    it(`is refused with 64, and touches nothing: ${argv.join(" ")}`, async () => {
      const { exitCode, stdout, stderr } = await sweep(...argv);
      expect([exitCode, stdout]).to.deep.equal([64, ""]);
      expect(stderr).to.match(words);
      expect(readdirSync(folder)).to.deep.equal([]);
    });

  /** A sweep that is at its end needs no rig. */
  const finished = (): string => {
    const { schema: _schema, ...facts } = sweepHeader();
    const made = SweepFolder.create(folder, "step", facts);
    for (const trial of stepTrials()) made.append(trial);
    return made.folder;
  };

  it("tells what a finished sweep found, and writes its page", async () => {
    const made = finished();
    const { exitCode, stdout } = await sweep("--resume", made);
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/edge at link-delay\.delay 67.*\[66\.5 ms, 68\.1 ms\]/);
    expect(readdirSync(made)).to.include("sweep.html");
    const json = await sweep("--resume", made, "--json");
    expect(JSON.parse(json.stdout)).to.deep.include({ ending: "found", trials: 56 });
  });

  it("refuses to go on with a sweep of another question", async () => {
    const { exitCode, stderr } = await sweep("--resume", finished(), "--vary", "link.delay=40..95ms");
    expect(exitCode).to.equal(64);
    expect(stderr).to.match(/another axis/);
  });
});
