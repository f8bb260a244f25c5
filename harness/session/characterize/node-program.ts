import { readFile } from "node:fs/promises";

import type { NodeHandle, NodeUndo } from "../../rig/node-handle.ts";
import { projectFile } from "../../project.ts";
import { buildGoProgram } from "../../toolchain/go-program.ts";
import { nodeTarget, targetName } from "../../toolchain/node-target.ts";
import type { ToolchainOptions } from "../../toolchain/toolchain.ts";

/** On a node's own disk, which is measured there; `/run` may forbid programs. */
export const NODE_FOLDER = "/var/lib/edgeproof/characterize";
export const NODE_PROGRAM = `${NODE_FOLDER}/characterize`;
const LEASE = "characterize";
/** Beyond the time that all should take, ms: then a node removes the program by itself. */
const SPARE_MS = 120_000;

/**
 * Builds the program for each node's own architecture and copies it there, by `NodeHandle` alone, so that it does not matter
 * what a node is. The lease removes it, also where this process is gone. Disposing removes it now.
 *
 * @param expectedMs how long it will be needed
 */
export async function placeProgram(
  nodes: readonly NodeHandle[],
  expectedMs: number,
  options: ToolchainOptions,
): Promise<AsyncDisposable> {
  const built = new Map<string, Promise<Buffer>>();
  const binary = (architecture: string): Promise<Buffer> => {
    const target = nodeTarget(architecture);
    const known = built.get(targetName(target));
    if (known) return known;
    const path = buildGoProgram(projectFile("fixtures/characterize"), target, options);
    const content = path.then((file) => readFile(file));
    built.set(targetName(target), content);
    return content;
  };
  const placed: NodeHandle[] = [];
  const placing = {
    async [Symbol.asyncDispose]() {
      await Promise.all(placed.map((node) => node.releaseLease(LEASE)));
    },
  };
  try {
    await Promise.all(
      nodes.map(async (node) => {
        const { stdout } = await node.exec(["uname", "-m"]);
        const content = await binary(stdout.trim());
        placed.push(node);
        const undo: NodeUndo = { kind: "exec", argv: ["rm", "-rf", NODE_FOLDER] };
        const what = `the program of \`edgeproof characterize\` in ${NODE_FOLDER}`;
        await node.lease({ id: LEASE, fault: LEASE, what, undo }, expectedMs + SPARE_MS);
        await node.exec(["mkdir", "-p", NODE_FOLDER]);
        await node.writeFile(NODE_PROGRAM, content, 0o755);
      }),
    );
    return placing;
  } catch (error) {
    await placing[Symbol.asyncDispose]().catch(() => undefined);
    throw error;
  }
}
