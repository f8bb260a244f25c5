import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { projectFile } from "../../harness/project.ts";

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  "runs-on": string | string[];
  "timeout-minutes"?: number;
  environment?: unknown;
  permissions?: Record<string, string>;
  steps: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: unknown;
  concurrency: { "cancel-in-progress": unknown };
  jobs: Record<string, Job>;
}

const names = readdirSync(projectFile(".github", "workflows"));
const textOf = (name: string): string => readFileSync(projectFile(".github", "workflows", name), "utf8");
const actions = readdirSync(projectFile(".github", "actions"));
const action = (name: string): string =>
  readFileSync(projectFile(".github", "actions", name, "action.yml"), "utf8");

const texts = [...names.map(textOf), ...actions.map(action)];
const workflows = names.map((name) => [name, parse(textOf(name)) as Workflow] as const);
const jobs = workflows.flatMap(([name, { jobs: all }]) =>
  Object.entries(all).map(([job, content]) => [`${name}: ${job}`, content] as const),
);
const isSelfHosted = (job: Job): boolean => [job["runs-on"]].flat().includes("self-hosted");

describe("the workflows", () => {
  it("pin every action by a commit, to the same one everywhere, with its version beside it", () => {
    const pins = new Map<string, Set<string>>();
    for (const [line, name, commit, comment] of texts.flatMap((text) => [
      ...text.matchAll(/uses: ([^\s@]+)@(\S+)(.*)/g),
    ])) {
      expect(commit, line).to.match(/^[0-9a-f]{40}$/);
      expect(comment, line).to.match(/^ # v\d+\.\d+\.\d+$/);
      pins.set(name!, (pins.get(name!) ?? new Set<string>()).add(commit!));
    }
    expect(pins.size).to.be.above(5);
    for (const [name, commits] of pins) expect([...commits], name).to.have.length(1);
  });

  it("have no token left in a checkout, a time limit on every job, and no rights but to read by default", () => {
    for (const [name, { permissions }] of workflows)
      expect(permissions, name).to.deep.equal({ contents: "read" });
    for (const [name, job] of jobs) {
      expect(job["timeout-minutes"], name).to.be.within(1, 120);
      for (const { uses = "", with: given } of job.steps)
        if (uses.startsWith("actions/checkout@"))
          expect(given, name).to.include({ "persist-credentials": false });
    }
  });

  it("may write nowhere but to Pages, from a job that runs no code of a checkout", () => {
    for (const [name, { permissions = {}, steps }] of jobs) {
      const rights = Object.entries(permissions).filter(([, right]) => right === "write");
      if (rights.length === 0) continue;
      expect(
        rights.map(([what]) => what),
        name,
      ).to.have.members(["pages", "id-token"]);
      expect(
        steps.some(({ uses = "", run }) => run !== undefined || uses.startsWith("actions/checkout")),
      ).to.equal(false);
    }
  });

  it("run nobody's pull request on our own machines, and one rig at a time to its end", () => {
    const own = workflows.filter(([, { jobs: all }]) => Object.values(all).some(isSelfHosted));
    expect(own.map(([name]) => name)).to.deep.equal(["rig-nightly.yml"]);
    for (const [name, { on, concurrency, jobs: all }] of own) {
      expect(Object.keys(on), name).to.have.members(["schedule", "workflow_dispatch"]);
      expect(concurrency["cancel-in-progress"]).to.equal(false);
      for (const job of Object.values(all)) expect(job.environment).to.equal("rig");
    }
    for (const text of texts) expect(text).to.not.match(/^\s*pull_request_target:/m);
  });

  it("heal whatever happens, wherever a rig is brought up", () => {
    const rigs = jobs.filter(([, { steps }]) =>
      steps.some(({ run = "" }) => /edgeproof\.mjs run\b|\.ci\/run/.test(run)),
    );
    expect(rigs.map(([name]) => name)).to.have.members(["ci.yml: rig", "rig-nightly.yml: rig"]);
    for (const [name, { steps }] of rigs) {
      const heal = steps.findLastIndex(({ run }) => run === "node scripts/edgeproof.mjs heal");
      const upload = steps.findIndex(({ uses = "" }) => uses.startsWith("actions/upload-artifact@"));
      expect(heal, name).to.be.above(0);
      expect(upload, name).to.be.above(heal);
      for (const step of [heal, upload]) expect(steps[step], name).to.include({ if: "always()" });
    }
  });
});
