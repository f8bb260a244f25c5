import { expect } from "chai";
import { execa } from "execa";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFile } from "../../harness/project.ts";

describe("the start of an ephemeral runner", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "edgeproof-runner-"));
    // In the place of GitHub's programs: they say what they were given.
    program("config.sh", 'printf "%s\\n" "$@" > configured');
    program("run.sh", "env > job-environment");
    writeFileSync(join(home, "token"), "a-token\n");
    mkdirSync(join(home, "_work"));
    for (const name of [".runner", ".credentials", "_work/left-by-a-job"])
      writeFileSync(join(home, name), "");
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const program = (name: string, script: string): void => {
    writeFileSync(join(home, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(home, name), 0o755);
  };
  const start = (env: Record<string, string>) =>
    execa(projectFile("fixtures", "runner", "edgeproof-runner"), [], {
      reject: false,
      env: { RUNNER_HOME: home, RUNNER_URL: "https://example.invalid/o/n", ...env },
    });

  it("registers for one job, without what an earlier one left, and leaves the job no token", async () => {
    const { exitCode, stderr } = await start({ RUNNER_TOKEN_FILE: join(home, "token") });
    expect(exitCode, stderr).to.equal(0);
    const given = readFileSync(join(home, "configured"), "utf8").split("\n");
    expect(given).to.include.members(["--ephemeral", "--unattended", "a-token", "edgeproof-rig"]);
    expect(
      [".runner", ".credentials", "_work", "token"].filter((name) => existsSync(join(home, name))),
    ).to.deep.equal([]);
    const environment = readFileSync(join(home, "job-environment"), "utf8");
    expect(environment).to.not.contain("RUNNER_TOKEN_FILE").and.to.not.contain("a-token");
  });

  it("runs nothing without a token, and says what is not set", async () => {
    writeFileSync(join(home, "token"), "");
    const empty = await start({ RUNNER_TOKEN_FILE: join(home, "token") });
    expect([empty.exitCode, existsSync(join(home, "configured"))]).to.deep.equal([1, false]);
    expect(empty.stderr).to.contain("holds no registration token");
    const unset = await start({});
    expect(unset.exitCode).to.not.equal(0);
    expect(unset.stderr).to.contain("RUNNER_TOKEN_FILE is not set");
  });
});
