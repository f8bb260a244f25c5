import { spawn } from "node:child_process";
import { connect } from "node:net";

import { AgentClient } from "../rig/driver/agent-client.ts";
import type { NodeUndo } from "../rig/node-handle.ts";

const EXEC_LIMIT_MS = 30_000;
/** A service may take its whole time to become ready. */
const SERVICE_LIMIT_MS = 120_000;
const KEPT_WORDS = 500;

function runProgram(argv: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const [program = "", ...args] = argv;
    // Its own group: what it started is ended with it.
    const child = spawn(program, args, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
    let words = "";
    child.stderr.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-KEPT_WORDS)));
    let why = "";
    const timer = setTimeout(() => {
      why = `not done after ${EXEC_LIMIT_MS} ms`;
      try {
        process.kill(-(child.pid ?? 0), "SIGKILL");
      } catch {
        // It ended meanwhile.
      }
    }, EXEC_LIMIT_MS);
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve();
      reject(new Error(`\`${argv.join(" ")}\` ${why || `ended with ${code ?? signal}`}: ${words.trim()}`));
    });
  });
}

async function askAgent(
  socket: string,
  service: string,
  action: "resume" | "restart" | "stop",
): Promise<void> {
  const client = new AgentClient("this node", connect(socket));
  const timer = setTimeout(() => client.close(), SERVICE_LIMIT_MS);
  try {
    await client.send({ op: `${action}-service`, name: service }).done;
  } finally {
    clearTimeout(timer);
    client.close();
  }
}

/** Runs an undo step on this node. Services are the agent's children: only it can start them. */
export const runUndo = (undo: NodeUndo, agentSocket: string): Promise<void> =>
  undo.kind === "exec" ? runProgram(undo.argv) : askAgent(agentSocket, undo.service, undo.action);
