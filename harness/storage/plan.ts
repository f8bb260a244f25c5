import type { StorageOperation } from "../record/storage.ts";

export interface S3Address {
  kind: "s3";
  /** Such as `http://10.0.0.1:30900`. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
}

export interface RecordAddress {
  kind: "record-log";
  endpoint: string;
}

export type StoreAddress = S3Address | RecordAddress;

/** Operations of one kind and size at a constant rate, answered or not. */
export interface StorageStream {
  operation: StorageOperation;
  /** 0 for a list. */
  sizeBytes: number;
  ratePerSecond: number;
}

export type StorageWork =
  /** Open: each operation starts when the schedule says so. */
  | { kind: "open"; durationMs: number; streams: StorageStream[]; keysPerSize: number; maxInFlight: number }
  /** Closed: so many workers, each with one operation after the other: what the store can carry. */
  | {
      kind: "closed";
      durationMs: number;
      operation: "put" | "get";
      sizeBytes: number;
      workers: number;
      keysPerSize: number;
    }
  /** Every key once, then the list. */
  | { kind: "read-back"; keys: string[]; prefixes: string[]; patienceMs: number }
  /** One put after the other until one is acknowledged. */
  | { kind: "first-put"; everyMs: number; limitMs: number };

/** What the client reads from its standard input: the keys of the store appear in no argument list and on no disk. */
export interface StoragePlan {
  store: StoreAddress;
  /** Also the beginning of every key that is written. */
  phase: string;
  seed: number;
  timeoutMs: number;
  work: StorageWork;
}
