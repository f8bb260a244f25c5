import type { Duplex } from "node:stream";

import { rigError } from "../../errors.ts";
import { type AgentAnswer, type AgentRequest, lineSplitter } from "../../agent/protocol.ts";

type Body<T = AgentRequest> = T extends AgentRequest ? Omit<T, "id"> : never;
type Done = Extract<AgentAnswer, { event: "done" }>;

interface Pending {
  resolve(done: Done): void;
  reject(error: Error): void;
  onLine: ((line: string) => void) | undefined;
  chunks: Buffer[];
}

export interface Call {
  id: number;
  done: Promise<Done>;
  /** What a `read` returned. */
  chunks: Buffer[];
}

/** The tester's end of one connection to a node's agent: many requests at once over one stream. */
export class AgentClient {
  private readonly stream: Duplex;
  private readonly node: string;
  private readonly onDeath: () => void;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private dead: Error | undefined;

  /** `onDeath` is called once, when the connection is gone. */
  constructor(node: string, stream: Duplex, onDeath: () => void = () => undefined) {
    this.node = node;
    this.stream = stream;
    this.onDeath = onDeath;
    const lines = lineSplitter((line) => {
      if (line) this.receive(line);
    });
    stream.on("data", (chunk: Buffer) => lines.push(chunk));
    stream.on("error", (error: Error) => this.die(error));
    stream.on("close", () => this.die());
    stream.on("end", () => this.die());
    if (stream.destroyed) this.die();
  }

  send(body: Body, onLine?: (line: string) => void): Call {
    const id = this.nextId++;
    const chunks: Buffer[] = [];
    const done = new Promise<Done>((resolve, reject) => {
      if (this.dead) return reject(this.dead);
      this.pending.set(id, { resolve, reject, onLine, chunks });
      this.stream.write(`${JSON.stringify({ ...body, id })}\n`);
    });
    return { id, done, chunks };
  }

  close(): void {
    this.stream.destroy();
    this.die();
  }

  private receive(line: string): void {
    let answer: AgentAnswer;
    try {
      answer = JSON.parse(line) as AgentAnswer;
    } catch {
      // Not the agent: a container engine, say, that tells on the same stream why it could not start it.
      this.die(new Error(line.slice(0, 500)));
      return void this.stream.destroy();
    }
    this.answer(answer);
  }

  private answer(answer: AgentAnswer): void {
    const call = this.pending.get(answer.id);
    if (!call) return;
    if (answer.event === "line") return call.onLine?.(answer.line);
    if (answer.event === "chunk") return void call.chunks.push(Buffer.from(answer.data, "base64"));
    this.pending.delete(answer.id);
    if (answer.event === "done") call.resolve(answer);
    else call.reject(rigError("NODE_COMMAND_FAILED", answer.message, { where: `node ${this.node}` }));
  }

  private die(cause?: Error): void {
    if (this.dead) return;
    this.dead = rigError("NODE_UNREACHABLE", "the connection to the node's agent is gone", {
      where: `node ${this.node}`,
      expected: "a running node",
      fix: "if no fault was meant to stop it, look at logs/ in the run folder; `edgeproof down` removes the rig",
      cause,
    });
    this.onDeath();
    for (const call of this.pending.values()) call.reject(this.dead);
    this.pending.clear();
  }
}
