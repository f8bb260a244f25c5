import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

import { rigError } from "../../harness/errors.ts";
import { runProgram } from "../wan/run-program.ts";

/** How Node runs a program of ours: the bundle beside this module, where the tests are bundled, else the source. */
function program(bundle: string, source: string): string[] {
  const bundled = fileURLToPath(new URL(`./${bundle}`, import.meta.url));
  if (existsSync(bundled)) return [process.execPath, bundled];
  // Not by `import.meta.resolve`, which there is not where mocha has this module compiled to CommonJS.
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  return [process.execPath, "--import", loader, fileURLToPath(new URL(source, import.meta.url))];
}

/** Command line of wan-control, without its arguments. */
export const wanControl = (): string[] => program("wan-control.mjs", "../wan/control-main.ts");

/** Command line of the node's agent, without its arguments. */
export const agentProgram = (): string[] => program("agent.mjs", "../../harness/agent/main.ts");

/** A WAN service in a network namespace. */
export class WanProcess {
  child: ChildProcess | undefined;
  /** What the service printed when it was ready. */
  readyLine = "";
  private readonly namespace: string;
  private readonly folder: string;

  /** @param folder of its socket and configuration */
  constructor(namespace: string, folder: string) {
    this.namespace = namespace;
    this.folder = folder;
  }

  get socket(): string {
    return join(this.folder, "wan.sock");
  }

  /** Resolves when it is ready; `config` is all but the socket. */
  async start(config: object): Promise<void> {
    const child = spawn("ip", await this.argv(config), { stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    let trouble = "";
    child.stderr.on("data", (chunk) => (trouble += String(chunk)));
    await new Promise<void>((resolve, reject) => {
      child.once("close", (code) =>
        reject(rigError("netns-wan", `the WAN service ended with ${code}: ${trouble}`)),
      );
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.readyLine = line;
        if (line.startsWith("wan ready")) resolve();
      });
    });
  }

  /** Ends it by a signal and waits until it is gone. */
  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }

  /** Removes what a killed one left. */
  async clean(config: object): Promise<void> {
    await runProgram(["ip", ...(await this.argv(config)), "--clean"]);
  }

  private async argv(config: object): Promise<string[]> {
    await mkdir(this.folder, { recursive: true });
    const file = join(this.folder, "wan.json");
    await writeFile(file, JSON.stringify({ ...config, socket: this.socket }));
    return ["netns", "exec", this.namespace, ...program("wan.mjs", "../wan/service.ts"), file];
  }
}
