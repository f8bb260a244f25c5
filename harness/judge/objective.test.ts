import { expect } from "chai";
import { ConfigError } from "../config/config-error.ts";
import { projectFile } from "../project.ts";
import { ExitCode } from "../exit-codes.ts";
import { loadObjectives, parseObjectives } from "./objective.ts";

const objective = (lines: string): string =>
  `objectives:\n  - name: fast\n${lines
    .trim()
    .split("\n")
    .map((line) => `    ${line.trim()}\n`)
    .join("")}`;

const problemsIn = (text: string) => {
  try {
    parseObjectives(text, "x.yaml");
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("no error");
};

const responseTime = (limit: string, scope = "{ phase: typ }"): string =>
  objective(`quantity: response-time\npercentile: p95\nlimit: ${limit}\nscope: ${scope}`);

describe("objectives", () => {
  it("of the quickstart are valid and keep their order", () => {
    const objectives = loadObjectives(projectFile("fixtures", "objectives", "quickstart.yaml"));
    expect(objectives[0]).to.deep.include({
      name: "hello-world-responds",
      limit: 150,
      scope: { phase: "baseline", profile: "lcl", function: "hello-world", deviceClass: "*" },
    });
    expect(new Set(objectives.map(({ quantity }) => quantity)).size).to.equal(7);
  });

  it("read limits in their units, with or without the operator", () => {
    const limits = ["60ms", "1.5s", '"<= 2m"'].map(
      (limit) => parseObjectives(responseTime(limit), "x")[0]?.limit,
    );
    expect(limits).to.deep.equal([60, 1500, 120_000]);
    const share = objective('quantity: throughput\nlimit: ">= 99%"\nscope: {}');
    expect(parseObjectives(share, "x")[0]?.limit).to.equal(0.99);
  });

  it("with the wrong unit are refused with file, line, column and what is right (exit 64)", () => {
    const error = problemsIn(responseTime("60"));
    expect(error.exitCode).to.equal(ExitCode.usage);
    expect(error.where).to.equal("x.yaml:5:12");
    expect(error.format()).to.contain("60").and.to.contain("a duration with a unit (us, ms, s, m)");
    expect(problemsIn(responseTime("5%")).where).to.equal("x.yaml:5:12");
    expect(problemsIn(responseTime('">= 5ms"')).message).to.contain(">= 5ms");
  });

  it("with unknown keys are refused with a suggestion", () => {
    const error = problemsIn(responseTime("60ms", "{ phase: typ, devicClass: pi4 }"));
    expect(error.where).to.equal("x.yaml:6:26");
    expect(error.format()).to.contain("`devicClass`").and.to.contain("did you mean `deviceClass`?");
  });

  it("of an unknown quantity are refused with the known ones", () => {
    const error = problemsIn(objective("quantity: respons-time\nlimit: 1s"));
    expect(error.format()).to.contain("did you mean `response-time`?").and.to.contain("x.yaml:3:15");
    expect(problemsIn(objective("limit: 1s")).message).to.contain("`quantity` is missing");
  });

  it("with a bad or a repeated name are refused", () => {
    const good = responseTime("60ms");
    expect(problemsIn(good.replace("fast", "Fast!")).where).to.equal("x.yaml:2:11");
    const twice = good + good.replace("objectives:\n", "");
    expect(problemsIn(twice).format())
      .to.contain("already an objective `fast`")
      .and.to.contain("x.yaml:7:11");
  });

  it("that no number of samples can prove are refused", () => {
    const none = problemsIn(objective("quantity: error-rate\nlimit: 0%\nscope: {}"));
    expect(none.format()).to.contain("no number of samples");
    const all = problemsIn(objective("quantity: throughput\nlimit: 100%\nscope: {}"));
    expect(all.format()).to.contain("no number of samples");
  });

  it("that ask a class for what has no class are refused", () => {
    const goodput = objective("quantity: throughput\nlimit: 99%\nscope: { deviceClass: pi4 }");
    expect(problemsIn(goodput).message).to.contain("deviceClass");
    const some = objective("quantity: scale-out\ntoReady: 3\nlimit: 9s\nscope: { deviceClass: pi4 }");
    expect(problemsIn(some).format()).to.contain("`all` pods");
    const both = objective("quantity: scale-out\ntoReady: 3\ntoAnswering: 3\nlimit: 9s\nscope: {}");
    expect(problemsIn(both).format()).to.contain("either `toReady` or `toAnswering`");
  });

  it("are all told about at once", () => {
    const error = problemsIn(objective("quantity: recovery\nmeasure: x\nlimit: soon\nscope: { phase: A }"));
    expect(error.problems).to.have.length(3);
  });

  it("that are missing are asked for", () => {
    expect(problemsIn("objectives: []").message).to.contain("no objectives");
    expect(problemsIn("{}").message).to.contain("no objectives");
    expect(problemsIn("objektives: []").message).to.contain("objektives");
  });
});
