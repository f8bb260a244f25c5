import { Worker } from "node:worker_threads";
import { rigError } from "../../../harness/errors.ts";
import type { BackendDriver, Realtime, WanTotals } from "../backend-driver.ts";
import { decodeParams, encodeParams } from "../impairment/parameters.ts";
import type { AttachedMember } from "../interfaces.ts";
import { routerSysctls, type FormerSysctls } from "../sysctl.ts";
import type { DirectedLink, LinkCounters, LinkDirection } from "../wan-engine.ts";
import { allocate, sys } from "./libc.ts";
import { leadThroughTun, raiseTun, refuseForeignRouting, removeRouting, TUN_DEVICE } from "./routing.ts";
import { Count, SharedState, Total } from "./shared-state.ts";
import { openTun } from "./tun.ts";
import { workerFile } from "./worker-file.ts";
import type { WorkerInput, WorkerMessage } from "./worker.ts";

const EFD_NONBLOCK = 0x800;
/** Longest time for a round of the packet thread: it reads 32 packets at most before it begins anew. */
const STUCK_MS = 450;

/** The userspace back end: one TUN device, through which all traffic between members is led, and a packet thread. */
export class UserspaceDriver implements BackendDriver {
  readonly backend = "userspace";
  realtime: Realtime = "denied";

  private readonly members: readonly AttachedMember[];
  private readonly sysctls: FormerSysctls;
  private readonly state: SharedState;
  private readonly tunFd: number;
  private readonly wakeFd = sys.eventfd(0, EFD_NONBLOCK);
  private readonly knock = allocate(4096);
  private readonly worker: Worker;
  private readonly waiting = new Map<number, () => void>();
  private readonly exited: Promise<void>;
  private reportDeath: ((error: Error) => void) | undefined;
  private death: Error | undefined;
  private closing = false;

  /** Makes the device, starts the packet thread, then leads the members' traffic through it. */
  static async start(
    members: readonly AttachedMember[],
    seed: number,
    sysctls: FormerSysctls,
  ): Promise<UserspaceDriver> {
    await refuseForeignRouting();
    const driver = new UserspaceDriver(members, seed, sysctls);
    try {
      await driver.ready();
      const devices = [...new Set(members.map(({ device }) => device))];
      await sysctls.set(routerSysctls([...devices, TUN_DEVICE]));
      await raiseTun(driver.mtu);
      await leadThroughTun(devices);
      return driver;
    } catch (error) {
      await driver.close();
      throw error;
    }
  }

  private constructor(members: readonly AttachedMember[], seed: number, sysctls: FormerSysctls) {
    this.members = members;
    this.sysctls = sysctls;
    this.state = new SharedState(members.length);
    this.knock.view.setUint32(0, 1, true);
    this.tunFd = openTun(TUN_DEVICE);
    const workerData: WorkerInput = {
      members: members.map(({ name, address, aliases = [] }) => ({ name, address, aliases })),
      seed,
      tunFd: this.tunFd,
      wakeFd: this.wakeFd,
      mtu: this.mtu,
      buffer: this.state.buffer,
    };
    this.worker = new Worker(workerFile(), { workerData });
    this.worker.on("error", (error) => this.die(error));
    this.exited = new Promise((resolve) => {
      this.worker.on("exit", (code) => {
        this.die(rigError("wan-worker-ended", `the packet thread ended with code ${code}`));
        resolve();
      });
    });
  }

  private get mtu(): number {
    return Math.max(...this.members.map(({ mtu }) => mtu));
  }

  private ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onDeath(reject);
      this.worker.on("message", (message: WorkerMessage) => {
        if (message.type === "ready") {
          this.realtime = message.realtime ? "granted" : "denied";
          resolve();
        } else this.settle(message.version);
      });
    });
  }

  private settle(version: number): void {
    for (const [waitingFor, resolve] of this.waiting) {
      if (waitingFor > version) continue;
      this.waiting.delete(waitingFor);
      resolve();
    }
  }

  private die(error: Error): void {
    if (this.closing || this.death) return;
    this.death = error;
    this.reportDeath?.(error);
  }

  onDeath(callback: (error: Error) => void): void {
    this.reportDeath = callback;
    if (this.death) callback(this.death);
  }

  /** The packet thread makes a round when it is woken; one that does not within the limit is stuck. */
  async alive(): Promise<void> {
    if (this.death) throw this.death;
    const before = this.state.beats;
    const deadline = performance.now() + STUCK_MS;
    this.wake();
    for (let pause = 1; this.state.beats === before; pause = Math.min(20, pause * 2)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (this.state.beats === before && performance.now() > deadline) {
        throw rigError("wan-worker-stuck", `the packet thread made no round for ${STUCK_MS} ms`);
      }
    }
  }

  private wake(): void {
    sys.write(this.wakeFd, this.knock.address, 8);
  }

  /** Resolves when the packet thread has taken the parameters over. Calls must not overlap. */
  apply(links: readonly DirectedLink[]): Promise<void> {
    for (const link of links) {
      const offset = this.state.paramsOffset(
        this.state.direction(this.index(link.from), this.index(link.to)),
      );
      encodeParams(link.params, this.state.params, offset);
    }
    return new Promise((resolve) => {
      this.waiting.set(this.state.publish(), resolve);
      this.wake();
    });
  }

  private index(name: string): number {
    return this.members.findIndex((member) => member.name === name);
  }

  private directions(): (LinkDirection & { direction: number })[] {
    return this.members.flatMap((from, i) =>
      this.members.flatMap((to, j) =>
        i === j ? [] : [{ from: from.name, to: to.name, direction: this.state.direction(i, j) }],
      ),
    );
  }

  inForce(): Promise<DirectedLink[]> {
    const links = this.directions().map(({ from, to, direction }) => {
      return { from, to, params: decodeParams(this.state.params, this.state.paramsOffset(direction)) };
    });
    return Promise.resolve(links.filter(({ params }) => Object.keys(params).length > 0));
  }

  counters(): Promise<{ links: LinkCounters[]; totals: WanTotals }> {
    const { counts, totals } = this.state;
    const links = this.directions().map(({ from, to, direction }) => {
      const offset = this.state.countsOffset(direction);
      const at = (field: number): number => counts[offset + field] ?? 0;
      return {
        from,
        to,
        packets: at(Count.packets),
        lost: at(Count.lost),
        queueDrops: at(Count.queueDrops),
      };
    });
    const total = (field: number): number => totals[field] ?? 0;
    return Promise.resolve({
      links,
      totals: { unknown: total(Total.unknown), writeErrors: total(Total.writeErrors) },
    });
  }

  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    await removeRouting();
    this.state.stop();
    this.wake();
    await this.exited;
    sys.close(this.tunFd);
    sys.close(this.wakeFd);
    await this.sysctls.restore();
  }
}
