import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import { eventually } from "../agent/testing.ts";
import { projectFile } from "../project.ts";

/** Heals for as long as it is told to, as a rig does, and then ends with the reason's exit code. */
const HEALER = `
  import { watchInterrupts } from "./harness/cli/interrupt.ts";
  const { signal, setRemains } = watchInterrupts((message) => console.log("said: " + message));
  if (process.env.REMAINS) setRemains(() => JSON.parse(process.env.REMAINS));
  const alive = setInterval(() => {}, 1000);
  signal.addEventListener("abort", () => setTimeout(() => {
    console.log("healed");
    clearInterval(alive);
    process.exitCode = signal.reason.exitCode;
  }, Number(process.env.HEAL_MS)));
  console.log("running");
`;

describe("Ctrl-C", function () {
  this.timeout(30_000);
  const started: ChildProcessWithoutNullStreams[] = [];
  afterEach(() => started.splice(0).forEach((child) => child.kill("SIGKILL")));

  const start = async (healMs: number, remains = "") => {
    const argv = ["--import", "tsx", "--input-type=module", "-e", HEALER];
    const env = { ...process.env, HEAL_MS: String(healMs), REMAINS: remains };
    const child = spawn(process.execPath, argv, { cwd: projectFile("."), env });
    started.push(child);
    const out = { text: "", errors: "" };
    child.stdout.on("data", (chunk) => (out.text += String(chunk)));
    child.stderr.on("data", (chunk) => (out.errors += String(chunk)));
    const ended = once(child, "close") as Promise<[number | null, string | null]>;
    await eventually(() => out.text.includes("running"), 15_000);
    return { child, out, ended };
  };
  const said = (text: string): number => text.split("said: interrupted").length - 1;

  for (const signal of ["SIGINT", "SIGTERM"] as const)
    it(`heals and ends with 130 (${signal})`, async () => {
      const { child, out, ended } = await start(50);
      child.kill(signal);
      expect(await ended).to.deep.equal([130, null]);
      expect(out.text).to.match(/running\nsaid: interrupted: .*\nhealed\n$/);
    });

  it("counts once when it comes twice in one go, as from npm and the terminal", async () => {
    const { child, out, ended } = await start(1_000);
    child.kill("SIGINT");
    await eventually(() => said(out.text) === 1);
    child.kill("SIGINT");
    await delay(150);
    child.kill("SIGINT");
    expect(await ended).to.deep.equal([130, null]);
    expect(out.text).to.contain("healed");
    expect(said(out.text)).to.equal(1);
    expect(out.errors).to.equal("");
  });

  it("leaves at once when it is pressed again later, and says what may remain", async () => {
    const { child, out, ended } = await start(60_000);
    child.kill("SIGINT");
    await eventually(() => said(out.text) === 1);
    await delay(700);
    child.kill("SIGINT");
    expect(await ended).to.deep.equal([130, null]);
    expect(out.text).to.not.contain("healed");
    expect(out.errors).to.match(
      /^left at once: containers, .*`edgeproof heal` removes what this run made\n$/,
    );
  });

  for (const [what, remains, words] of [
    [
      "what is in force then, and that heal undoes it",
      '["rig lab: kill: power cut of pi4-1"]',
      /still in force:\n {2}rig lab: kill: power cut of pi4-1\n.*heal` undoes this, latest first, and removes/,
    ],
    ["that it cannot be read, and leaves all the same", "no JSON", /cannot be read: SyntaxError/],
  ] as const)
    it(`says ${what}`, async () => {
      const { child, out, ended } = await start(60_000, remains);
      child.kill("SIGINT");
      await eventually(() => said(out.text) === 1);
      await delay(700);
      child.kill("SIGINT");
      expect(await ended).to.deep.equal([130, null]);
      expect(out.errors).to.match(words);
    });
});
