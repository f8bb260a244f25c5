import { existsSync } from "node:fs";

import { execa } from "execa";

import { projectFile } from "../project.ts";
import { findProgram } from "./find-program.ts";

/** Why network namespaces with nft tables cannot be had here; undefined if they can. */
export function whyNoNamespace(): string | undefined {
  if (process.platform !== "linux") return "not Linux";
  if (process.getuid?.() !== 0) return "not root";
  const absent = ["ip", "nft"].find((program) => !findProgram(program));
  return absent && `no ${absent} (apt-get install iproute2 nftables)`;
}

/** A network of its own, for tests of what changes the host's network. */
export class TestNamespace {
  static async create(): Promise<TestNamespace> {
    const namespace = new TestNamespace(`epset-${process.pid}`);
    await namespace.destroy();
    await execa("ip", ["netns", "add", namespace.name]);
    return namespace;
  }

  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** Runs `program arg ...`; gives its lines. */
  async run(command: string): Promise<string[]> {
    const { stdout } = await execa("ip", ["netns", "exec", this.name, ...command.split(" ")]);
    return stdout.split("\n");
  }

  /** Runs a module that may import `./harness/...`; gives what it printed. */
  async module(code: string, env: Record<string, string> = {}): Promise<string> {
    const node = [process.execPath, "--import", "tsx", "--input-type=module", "-e", code];
    const argv = ["netns", "exec", this.name, ...node];
    return (await execa("ip", argv, { cwd: projectFile("."), env })).stdout;
  }

  async destroy(): Promise<void> {
    if (existsSync(`/run/netns/${this.name}`)) await execa("ip", ["netns", "del", this.name]);
  }
}
