import { writeFileSync } from "node:fs";

import { checkStorage, type StorageCheck } from "../check/storage-check.ts";
import type { StorageRecord, StorageSample } from "../record/storage.ts";
import type { Rig } from "../rig/rig.ts";
import { rigFolder } from "../rig/rig-state.ts";
import { S3_ACCESS_KEY, S3_REGION, S3_SECRET_KEY } from "../rig/workloads/s3.ts";
import { readSecrets } from "../rig/workloads/workload-secrets.ts";
import { runStorageClient } from "../storage/client.ts";
import type { StorageWork, StoreAddress } from "../storage/plan.ts";
import type { Session } from "./session.ts";

export type StoreKind = "s3" | "record-log";

const BUCKET = "edgeproof";
const TIMEOUT_MS = 5_000;
/** Of one of the puts that wait for the store: a shorter one says sooner that it is back. */
const TRY_MS = 1_000;
/** For a store that is just coming back. */
const PATIENCE_MS = 60_000;

/** Where the tester reaches a store of the rig, with its keys. */
export async function storeAddress(rig: Rig, kind: StoreKind): Promise<StoreAddress> {
  const { host, port } = await rig.workloadAtTester(kind);
  const endpoint = `http://${host}:${port}`;
  if (kind === "record-log") return { kind, endpoint };
  const secrets = await readSecrets(rigFolder(rig.name), kind);
  const accessKey = secrets[S3_ACCESS_KEY] ?? "";
  const secretKey = secrets[S3_SECRET_KEY] ?? "";
  return { kind, endpoint, region: S3_REGION, bucket: BUCKET, accessKey, secretKey };
}

/** One store of the rig as a suite uses it: every operation is recorded, and what was written can be read back. */
export class Stored {
  readonly kind: StoreKind;
  private readonly session: Session;
  private readonly records: StorageRecord[] = [];

  constructor(session: Session, kind: StoreKind) {
    this.session = session;
    this.kind = kind;
  }

  /** Does the work from the tester, and records it as part of the phase. */
  async work(
    phase: string,
    work: StorageWork,
    verifies?: readonly string[],
    signal: AbortSignal = this.session.signal,
  ): Promise<StorageSample[]> {
    const { rig, seed, recorder } = this.session;
    const store = await storeAddress(rig, this.kind);
    const plan = { store, phase, seed, timeoutMs: work.kind === "first-put" ? TRY_MS : TIMEOUT_MS, work };
    const samples = await runStorageClient(rig.tester, plan, { signal });
    const record = { phase, store: this.kind, samples, ...(verifies ? { verifies: [...verifies] } : {}) };
    this.records.push(record);
    recorder.event({ type: "storage", at: Date.now(), storage: record });
    return samples;
  }

  /** Keys that a phase tried to write, whatever came of it. */
  keys(phase: string): string[] {
    const puts = this.samplesOf(phase).filter(
      ({ operation, outcome }) => operation === "put" && outcome !== "dropped",
    );
    return [...new Set(puts.map(({ key }) => key))].toSorted();
  }

  samplesOf(phase: string): StorageSample[] {
    return this.records.filter((record) => record.phase === phase).flatMap(({ samples }) => samples);
  }

  /**
   * Reads every key that the phases wrote, and records what it shows, with all keys that are lost or wrong in a file of
   * the run's folder.
   */
  async readBack(phase: string, verifies: readonly string[]): Promise<StorageCheck> {
    const keys = verifies.flatMap((one) => this.keys(one));
    const prefixes = verifies.map((one) => `${one}/`);
    await this.work(phase, { kind: "read-back", keys, prefixes, patienceMs: PATIENCE_MS }, verifies);
    const check = checkStorage(this.records, phase);
    const file = this.session.recorder.storageFindings(phase, this.kind);
    writeFileSync(file, `${JSON.stringify(check, undefined, 2)}\n`);
    const { findings, acknowledgedKeys } = check;
    this.session.say(
      `  ${this.kind}: ${acknowledgedKeys} keys acknowledged, ${findings.length} lost or wrong${findings.length > 0 ? `: ${file}` : ""}`,
    );
    return check;
  }

  /** Puts until one is acknowledged, and records how long that was after `since`, ms since the epoch. */
  async recover(phase: string, since: number, limitMs: number): Promise<void> {
    const samples = await this.work(phase, { kind: "first-put", everyMs: 100, limitMs });
    const first = samples.find(({ outcome }) => outcome === "ok");
    const tries = `${samples.length} puts until one was acknowledged, ${TRY_MS / 1000} s for each at most`;
    this.session.recorder.event({
      type: "observation",
      at: Date.now(),
      observation: {
        ...{ phase, observable: "storage-recovery", subject: this.kind, deviceClass: "", unit: "ms" },
        ...(first ? { value: first.intendedAt + first.durationMs - since } : {}),
        detail: tries,
      },
    });
  }

  /** What the store carries with a few workers that never pause, bytes a second. */
  async throughput(
    phase: string,
    operation: "put" | "get",
    {
      sizeBytes,
      subject,
      workers,
      durationMs,
    }: { sizeBytes: number; subject: string; workers: number; durationMs: number },
  ): Promise<void> {
    const work = { kind: "closed", durationMs, operation, sizeBytes, workers, keysPerSize: workers } as const;
    const samples = await this.work(phase, work);
    const own = samples.filter(({ aside, outcome }) => aside !== true && outcome === "ok");
    const endOf = ({ intendedAt, durationMs: ms }: StorageSample): number => intendedAt + ms;
    const began = Math.min(...own.map(({ intendedAt }) => intendedAt));
    const seconds = (Math.max(...own.map(endOf)) - began) / 1000;
    this.session.recorder.event({
      type: "observation",
      at: Date.now(),
      observation: {
        ...{ phase, observable: `${operation}-throughput`, subject, deviceClass: "", unit: "bytes" },
        ...(own.length > 0 ? { value: (own.length * sizeBytes) / seconds } : {}),
        detail: `a second, by ${workers} workers, ${own.length} operations in ${seconds.toFixed(1)} s`,
      },
    });
  }
}
