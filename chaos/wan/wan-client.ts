import type { Duplex } from "node:stream";
import { ExitCode } from "../../harness/exit-codes.ts";
import { EdgeproofError, rigError } from "../../harness/errors.ts";
import type { Realtime, WanTotals } from "./backend-driver.ts";
import { onLines, type WanAnswers, type WanMethod, type WanRequest, type WanResponse } from "./protocol.ts";
import { validateLinks } from "./validate-links.ts";
import type { DirectedLink, LinkCounters, WanBackend } from "./wan-engine.ts";
import type { WanHandle, WanWatcher } from "./wan-handle.ts";

const TIMEOUT_MS = 15_000;
/**
 * The first two together are less than a second: a stuck engine is noticed within it. On a starved host its control
 * thread, which has no real-time priority, may be late while packets still flow: it is dead only when it stays silent.
 */
const WATCH = { intervalMs: 200, noticeMs: 600, deadMs: 5_000 };

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/** The WAN engine as the harness sees it: requests over a byte stream to the WAN service. */
export class WanClient implements WanHandle {
  private readonly stream: Duplex;
  private readonly where: string;
  private readonly patience: number;
  private readonly pending = new Map<number, Pending>();
  private readonly deathCallbacks: ((error: EdgeproofError) => void)[] = [];
  /** How often all was taken away, as far as is known here. */
  private clears = 0;
  private clearedCallback: () => void = () => undefined;
  private description: WanAnswers["describe"] | undefined;
  private nextId = 1;
  private closing = false;
  private death: EdgeproofError | undefined;

  /**
   * Speaks to the service at the other end of `stream` (from `NodeHandle.connect`) and asks what it is.
   * @param where the service's machine, for errors
   * @param patience factor on all times: a small board takes many times as long to answer
   */
  static async connect(stream: Duplex, where = "wan container", patience = 1): Promise<WanClient> {
    const client = new WanClient(stream, where, patience);
    try {
      client.description = await client.request("describe");
      client.clears = client.description.clears;
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  private constructor(stream: Duplex, where: string, patience: number) {
    this.stream = stream;
    this.where = where;
    this.patience = patience;
    onLines(stream, (line) => this.receive(line));
    stream.on("error", (error) => this.die(error));
    stream.on("end", () => this.die());
    stream.on("close", () => this.die());
  }

  get backend(): WanBackend {
    return this.described.backend;
  }

  /** Whether the packet thread has real-time priority: part of the run's settings. */
  get realtime(): Realtime {
    return this.described.realtime;
  }

  /** Another one each time the service starts. */
  get instance(): string {
    return this.described.instance;
  }

  /** Another one each time the kernel of the service's machine boots. */
  get bootId(): string {
    return this.described.bootId;
  }

  private get described(): WanAnswers["describe"] {
    if (!this.description) throw new Error("the WAN client is not connected");
    return this.description;
  }

  async apply(links: readonly DirectedLink[]): Promise<void> {
    validateLinks(links, this.described.members);
    await this.request("apply", [...links]);
  }

  async clear(): Promise<void> {
    this.clears = (await this.request("clear")).clears;
  }

  /** Calls back when somebody else took all away, such as the node by its lease; found out by `ping`. */
  onCleared(callback: () => void): void {
    this.clearedCallback = callback;
  }

  inForce(): Promise<DirectedLink[]> {
    return this.request("inForce");
  }

  async counters(): Promise<LinkCounters[]> {
    return (await this.request("counters")).links;
  }

  /** Packets that belonged to no direction. */
  async totals(): Promise<WanTotals> {
    return (await this.request("counters")).totals;
  }

  /** Rejects if the service does not answer, or says that its back end does not work any more. */
  async ping(timeoutMs?: number): Promise<void> {
    const { clears } = await this.request("ping", undefined, timeoutMs);
    const unknown = clears > this.clears;
    this.clears = Math.max(clears, this.clears);
    if (unknown) this.clearedCallback();
  }

  /**
   * Pings until stopped. Silence is told within a second; an engine that stays silent for 5 s, or says that its back end
   * does not work any more, counts as dead, as one whose connection ends does.
   */
  watch({ onSilence, onAnswer }: WanWatcher = {}): () => void {
    let stopped = false;
    const ask = async (): Promise<void> => {
      const began = performance.now();
      const seen = { silence: false, answer: false };
      const notice = setTimeout(() => {
        // What came in while this process itself stood still is read first.
        setImmediate(() => {
          if (stopped || this.death || seen.answer) return;
          seen.silence = true;
          onSilence?.();
        });
      }, WATCH.noticeMs * this.patience);
      try {
        await this.ping(WATCH.deadMs * this.patience);
        seen.answer = true;
        if (seen.silence && !stopped) onAnswer?.(performance.now() - began);
      } catch (error) {
        if (!stopped) this.die(error instanceof Error ? error : new Error(String(error)));
      } finally {
        clearTimeout(notice);
      }
    };
    const loop = async (): Promise<void> => {
      while (!stopped && !this.death) {
        await ask();
        await new Promise((resolve) => setTimeout(resolve, WATCH.intervalMs * this.patience).unref());
      }
    };
    void loop();
    return () => (stopped = true);
  }

  /** Calls back once when the service or the way to it is gone, other than by `close`; at once if it is already. */
  onDeath(callback: (error: EdgeproofError) => void): void {
    if (this.death) callback(this.death);
    else this.deathCallbacks.push(callback);
  }

  /** Lets go of the service, which keeps running with what is in force. */
  close(): Promise<void> {
    this.closing = true;
    this.stream.destroy();
    this.die();
    return Promise.resolve();
  }

  private request<M extends WanMethod>(
    method: M,
    links?: DirectedLink[],
    timeoutMs = TIMEOUT_MS * this.patience,
  ): Promise<WanAnswers[M]> {
    if (this.death) return Promise.reject(this.death);
    const request: WanRequest = { id: this.nextId++, method, ...(links ? { links } : {}) };
    return new Promise((resolve, reject) => {
      // What came in while this process itself stood still is read first.
      const timer = setTimeout(() => setImmediate(() => this.timeOut(request, timeoutMs)), timeoutMs);
      this.pending.set(request.id, { resolve: resolve as (result: unknown) => void, reject, timer });
      this.stream.write(`${JSON.stringify(request)}\n`);
    });
  }

  private timeOut({ id, method }: WanRequest, timeoutMs: number): void {
    this.settle(id)?.reject(
      rigError("wan-no-answer", `the WAN service did not answer "${method}" within ${timeoutMs / 1000} s`, {
        where: this.where,
        fix: "See the WAN service's log; restart it if it hangs.",
      }),
    );
  }

  private settle(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    if (!pending) return undefined;
    clearTimeout(pending.timer);
    this.pending.delete(id);
    return pending;
  }

  private receive(line: string): void {
    let response: WanResponse;
    try {
      response = JSON.parse(line) as WanResponse;
    } catch {
      this.die(new Error(`not an answer: ${line.slice(0, 200)}`));
      this.stream.destroy();
      return;
    }
    const pending = this.settle(response.id);
    if (!pending) return;
    if (!("error" in response)) return pending.resolve(response.result);
    const { code, exitCode, message, ...details } = response.error;
    pending.reject(new EdgeproofError(code, (exitCode ?? ExitCode.broken) as ExitCode, message, details));
  }

  private die(cause?: Error): void {
    if (this.death) return;
    const gone = cause instanceof EdgeproofError ? cause.message : "the connection to the WAN service ended";
    const what = this.closing ? "the WAN client was closed" : gone;
    this.death = rigError("wan-engine-dead", what, {
      where: this.where,
      expected: "the WAN service to run for as long as the rig",
      fix: "See the WAN service's log. On a router no packet passes between machines until it is started again.",
      ...(cause ? { cause } : {}),
    });
    for (const id of [...this.pending.keys()]) this.settle(id)?.reject(this.death);
    if (!this.closing) for (const callback of this.deathCallbacks) callback(this.death);
  }
}
