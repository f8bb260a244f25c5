import { closeSync, fsyncSync, futimesSync, openSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import type { Lease } from "../rig/node-handle.ts";
import { removeDurably, writeDurably } from "./durable-file.ts";

export type NewLease = Omit<Lease, "expiresAt">;

export interface StoredLease {
  file: string;
  lease: NewLease;
  /** ms from now; negative for one that ran out. */
  remainingMs: number;
}

/**
 * Leases on the node's disk: one file each, numbered in the order in which they were made. A lease runs out at its
 * file's modification time, so that neither to renew nor to forget one needs free space: a full disk is a fault, too.
 */
export class LeaseStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  files(): string[] {
    try {
      return readdirSync(this.folder)
        .filter((name) => /^\d+\.json$/.test(name))
        .toSorted();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  /** In the order in which they were made. */
  load(onUnreadable: (file: string, error: unknown) => void): StoredLease[] {
    return this.files().flatMap((file) => {
      const path = join(this.folder, file);
      try {
        const { ttlMs, ...lease } = JSON.parse(readFileSync(path, "utf8")) as NewLease & { ttlMs: number };
        // A clock that was set back meanwhile must not keep a fault for hours.
        return [{ file, lease, remainingMs: Math.min(statSync(path).mtimeMs - Date.now(), ttlMs) }];
      } catch (error) {
        onUnreadable(file, error);
        return [];
      }
    });
  }

  /** On disk when it returns. Throws where it cannot be, a full disk included: then nothing is there. */
  write(file: string | undefined, lease: NewLease, ttlMs: number): string {
    const name =
      file ?? `${String(Number.parseInt(this.files().at(-1) ?? "0", 10) + 1).padStart(8, "0")}.json`;
    writeDurably(join(this.folder, name), JSON.stringify({ ...lease, ttlMs }));
    this.setExpiry(name, ttlMs);
    return name;
  }

  setExpiry(file: string, ttlMs: number): void {
    const handle = openSync(join(this.folder, file), "r+");
    try {
      const now = Date.now();
      futimesSync(handle, now / 1000, (now + ttlMs) / 1000);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }

  remove(file: string): void {
    removeDurably(join(this.folder, file));
  }
}
