import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

import type { LinkParams } from "../../harness/config/model.ts";
import { EdgeproofError, messageOf, rigError } from "../../harness/errors.ts";
import { impairs } from "./link-params.ts";
import { WanClient } from "./wan-client.ts";
import type { DirectedLink, LinkCounters } from "./wan-engine.ts";
import type { WanReturn, WanWatcher } from "./wan-handle.ts";

/** The way to a node's WAN service. */
export interface WanRoute {
  /** The node. */
  readonly name: string;
  /** A new stream to the service; one that ends at once where no service listens. */
  connect(): Promise<Duplex>;
  /** Whether the machine itself answers, whatever becomes of its service. */
  answers(): Promise<boolean>;
}

export interface EgressEndTimes {
  /** Between two tries to reach a service that was lost, ms. */
  retryMs: number;
  /** A machine that answers for so long without its service has lost it, ms. */
  serviceMs: number;
  /** Limit of one try, ms: the way to a machine that went down may hang. */
  tryMs: number;
  /** Factor on the times of each request. */
  patience: number;
}

const TIMES: EgressEndTimes = { retryMs: 1_000, serviceMs: 15_000, tryMs: 10_000, patience: 1 };
/** A node that is back may still find leases that ran out while it was away, and undo them, ms. */
const LATE_UNDO_MS = 60_000;

/** The error, with the node in front. */
const named = (name: string, error: unknown): EdgeproofError => {
  if (!(error instanceof EdgeproofError))
    return rigError("wan-node-failed", `${name}: ${messageOf(error)}`, { where: name, cause: error });
  const { code, exitCode, message, where, expected, fix, cause } = error;
  const place = where === undefined || where === name ? name : `${name}: ${where}`;
  return new EdgeproofError(code, exitCode, message.includes(name) ? message : `${name}: ${message}`, {
    ...{ where: place, cause },
    ...(expected === undefined ? {} : { expected }),
    ...(fix === undefined ? {} : { fix }),
  });
};

/**
 * The WAN service of one node, over as many connections as that takes. A machine may go away on purpose, with its
 * service and its qdiscs: once it is back, what is to be in force there is put in force again. Gone for good is only a
 * service that ended, or was cleared, while its machine went on.
 */
export class EgressEnd {
  readonly name: string;
  private readonly route: WanRoute;
  private readonly times: EgressEndTimes;
  /** What is to be in force towards each peer, whether the node is there or not. */
  private readonly wanted = new Map<string, LinkParams>();
  private client: WanClient;
  /** Resolves when a lost service is there again; rejects with its death. */
  private recovery: Promise<void> | undefined;
  private away = false;
  private backAt = -Infinity;
  private death: EdgeproofError | undefined;
  private closed = false;
  private readonly watchers = new Map<WanWatcher, (() => void) | undefined>();
  private readonly deathCallbacks: ((error: EdgeproofError) => void)[] = [];

  static async open(route: WanRoute, times: Partial<EgressEndTimes> = {}): Promise<EgressEnd> {
    const all = { ...TIMES, ...times };
    try {
      const client = await WanClient.connect(await route.connect(), route.name, all.patience);
      return new EgressEnd(route, client, all);
    } catch (error) {
      throw named(route.name, error);
    }
  }

  private constructor(route: WanRoute, client: WanClient, times: EgressEndTimes) {
    this.name = route.name;
    this.route = route;
    this.client = client;
    this.times = times;
    this.follow(client);
  }

  /** What is to be in force towards a peer. */
  wantedTo(peer: string): LinkParams {
    return this.wanted.get(peer) ?? {};
  }

  /** A node that is away gets them when it is back: it sends nothing until then. */
  async apply(links: readonly DirectedLink[]): Promise<void> {
    const before = links.map(({ to }) => [to, this.wantedTo(to)] as const);
    for (const { to, params } of links) this.wanted.set(to, params);
    try {
      await this.ask((client) => client.apply(links));
    } catch (error) {
      for (const [to, params] of before) this.wanted.set(to, params);
      throw error;
    }
  }

  async clear(): Promise<void> {
    this.wanted.clear();
    await this.ask((client) => client.clear());
  }

  /** Of a node that is away, what is to be: probes tell what is. */
  async inForce(): Promise<DirectedLink[]> {
    return (await this.ask((client) => client.inForce())) ?? this.allWanted();
  }

  async counters(): Promise<LinkCounters[]> {
    const links = (await this.ask((client) => client.counters())) ?? [];
    return links.filter(({ from }) => from === this.name);
  }

  watch(watcher: WanWatcher): () => void {
    this.watchers.set(watcher, this.watchClient(watcher));
    return () => {
      this.watchers.get(watcher)?.();
      this.watchers.delete(watcher);
    };
  }

  onDeath(callback: (error: EdgeproofError) => void): void {
    if (this.death) callback(this.death);
    else this.deathCallbacks.push(callback);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const stop of this.watchers.values()) stop?.();
    await this.client.close();
  }

  /** Undefined where the node is away. */
  private async ask<T>(question: (client: WanClient) => Promise<T>): Promise<T | undefined> {
    for (;;) {
      if (this.death) throw this.death;
      if (this.away) return undefined;
      const { client, recovery } = this;
      if (recovery) {
        await Promise.race([recovery, this.untilAway()]);
        continue;
      }
      try {
        return await question(client);
      } catch (error) {
        const lost = error instanceof EdgeproofError && error.code === "wan-engine-dead";
        if (!lost || this.closed) throw named(this.name, error);
      }
    }
  }

  private async untilAway(): Promise<void> {
    while (this.recovery && !this.away && !this.death) await delay(20);
  }

  private allWanted(): DirectedLink[] {
    const all = [...this.wanted].map(([to, params]) => ({ from: this.name, to, params }));
    return all.filter(({ params }) => impairs(params));
  }

  private follow(client: WanClient): void {
    this.client = client;
    client.onDeath((error) => {
      if (this.closed) return;
      void client.close();
      this.recovery = this.recover(error).finally(() => (this.recovery = undefined));
      // Told by `onDeath`.
      this.recovery.catch(() => undefined);
    });
    client.onCleared(() => void this.cleared(client));
    for (const watcher of this.watchers.keys()) this.watchers.set(watcher, this.watchClient(watcher));
  }

  private watchClient({ onSilence, onAnswer }: WanWatcher): () => void {
    return this.client.watch({
      onSilence: () => onSilence?.(this.name),
      onAnswer: (afterMs) => onAnswer?.(afterMs, this.name),
    });
  }

  private async recover(cause: EdgeproofError): Promise<void> {
    const lostAt = performance.now();
    const { instance, bootId } = this.client;
    let upSince: number | undefined;
    while (!this.closed) {
      const found = await this.reconnect();
      if (found) {
        const how =
          found.bootId !== bootId ? "rebooted" : found.instance !== instance ? "restarted" : "connected";
        if (how === "restarted" && !this.away && this.allWanted().length > 0) {
          await found.close();
          throw this.die("started anew while links were in force there", cause);
        }
        if (await this.takeUp(found)) return this.tellBack(performance.now() - lostAt, how);
      } else if (await this.within(this.route.answers(), false)) {
        upSince ??= performance.now();
        if (performance.now() - upSince > this.times.serviceMs) throw this.die("ended", cause);
      } else {
        upSince = undefined;
        this.tellAway();
      }
      await delay(this.times.retryMs);
    }
  }

  private async reconnect(): Promise<WanClient | undefined> {
    const stream = await this.within(this.route.connect(), undefined, (late) => late.destroy());
    return (
      stream && (await this.within(WanClient.connect(stream, this.name, this.times.patience), undefined))
    );
  }

  /** `otherwise` where it fails or takes too long; what comes too late is let go of. */
  private within<T>(
    work: Promise<T>,
    otherwise: T | undefined,
    tooLate?: (value: T) => void,
  ): Promise<T | undefined> {
    return new Promise((resolve) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        resolve(otherwise);
      }, this.times.tryMs);
      work
        .then(
          (value) => (late ? tooLate?.(value) : resolve(value)),
          () => resolve(otherwise),
        )
        .finally(() => clearTimeout(timer));
    });
  }

  /** False where it was lost again at once. */
  private async takeUp(client: WanClient): Promise<boolean> {
    try {
      await client.apply([...this.wanted].map(([to, params]) => ({ from: this.name, to, params })));
    } catch {
      await client.close();
      return false;
    }
    if (this.away) this.backAt = performance.now();
    this.away = false;
    this.follow(client);
    return true;
  }

  /** By the node itself: its leases ran out. That is right where the tester could not renew them. */
  private async cleared(client: WanClient): Promise<void> {
    if (this.allWanted().length === 0 || this.closed || this.death) return;
    const beganAt = performance.now();
    if (beganAt - this.backAt > LATE_UNDO_MS)
      return void this.die("took away what was in force, as its lease ended", undefined);
    try {
      await client.apply(this.allWanted());
      this.tellBack(performance.now() - beganAt, "cleared");
    } catch {
      // It is lost again, which is told by itself.
    }
  }

  private tellAway(): void {
    if (this.away) return;
    this.away = true;
    for (const { onAway } of this.watchers.keys()) onAway?.(this.name);
  }

  private tellBack(afterMs: number, how: WanReturn): void {
    for (const { onBack } of this.watchers.keys()) onBack?.(this.name, afterMs, how);
  }

  private die(what: string, cause: EdgeproofError | undefined): EdgeproofError {
    this.death = rigError("wan-engine-dead", `the WAN service of ${this.name} ${what}`, {
      where: this.name,
      expected: "the WAN service to run for as long as the machine",
      fix: "See the WAN service's log on that node.",
      ...(cause ? { cause } : {}),
    });
    for (const callback of this.deathCallbacks) callback(this.death);
    return this.death;
  }
}
