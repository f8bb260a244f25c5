import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

const runnable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** A Chromium on PATH, or the one that EDGEPROOF_CHROMIUM names; undefined where there is none. */
export const findChromium = (environment: NodeJS.ProcessEnv = process.env): string | undefined => {
  const { EDGEPROOF_CHROMIUM: named, PATH = "" } = environment;
  if (named) return named;
  return PATH.split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(runnable);
};

export type Params = Record<string, unknown>;

interface Message {
  id?: number;
  method?: string;
  params?: Params;
  result?: Params;
  error?: { message: string };
  sessionId?: string;
}

const CALL_TIMEOUT_MS = 20_000;

/**
 * A headless Chromium that is spoken to by the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/) over
 * two pipes, JSON texts that end with a zero byte: no port is opened.
 */
export class Chromium implements AsyncDisposable {
  private readonly child: ChildProcess;
  private readonly profile: string;
  private readonly input: Writable;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private readonly listeners = new Set<(message: Message) => void>();
  private next = 1;
  private rest = "";

  constructor(program: string) {
    this.profile = mkdtempSync(join(tmpdir(), "edgeproof-chromium-"));
    const root = process.getuid?.() === 0;
    const argv = [
      ...["--headless=new", "--remote-debugging-pipe", `--user-data-dir=${this.profile}`, "--disable-gpu"],
      ...["--no-first-run", "--disable-extensions", "--disable-background-networking", "--hide-scrollbars"],
      // The sandbox refuses to be root's.
      ...(root ? ["--no-sandbox"] : []),
      "about:blank",
    ];
    this.child = spawn(program, argv, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.input = this.child.stdio[3] as Writable;
    this.input.on("error", () => {});
    const output = this.child.stdio[4] as Readable;
    output.setEncoding("utf8").on("data", (text: string) => this.received(text));
    const gone = (): void => {
      for (const tell of this.waiting.values()) tell({ error: { message: "Chromium has ended" } });
    };
    this.child.on("error", gone).on("exit", gone);
  }

  private received(text: string): void {
    const messages = (this.rest + text).split("\0");
    this.rest = messages.pop() ?? "";
    for (const one of messages) {
      const message = JSON.parse(one) as Message;
      if (message.id === undefined) for (const listener of this.listeners) listener(message);
      else this.waiting.get(message.id)?.(message);
    }
  }

  /** Calls a method of the protocol; throws with its error, or after 20 s without an answer. */
  async call(method: string, params: Params = {}, sessionId?: string): Promise<Params> {
    const id = this.next++;
    const answered = new Promise<Message>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${method}: no answer from Chromium`)),
        CALL_TIMEOUT_MS,
      );
      this.waiting.set(id, (message) => {
        clearTimeout(timer);
        resolve(message);
      });
    });
    this.input.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    const { result = {}, error } = await answered.finally(() => this.waiting.delete(id));
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Calls `listener` with every event; returns what ends that. */
  on(listener: (method: string, params: Params, sessionId: string | undefined) => void): () => void {
    const heard = ({ method = "", params = {}, sessionId }: Message): void =>
      listener(method, params, sessionId);
    this.listeners.add(heard);
    return () => this.listeners.delete(heard);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    if (this.child.exitCode === null && this.child.pid !== undefined) {
      await this.call("Browser.close").catch(() => this.child.kill("SIGKILL"));
      await ended;
    }
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
