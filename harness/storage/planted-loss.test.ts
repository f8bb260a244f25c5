import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { copyFile, rm, unlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { checkStorage } from "../check/storage-check.ts";
import type { StorageRecord, StorageSample } from "../record/storage.ts";
import { locate } from "../toolchain/locate.ts";
import { hostTarget } from "../toolchain/node-target.ts";
import { openToolchain, programNamed } from "../toolchain/toolchain.ts";
import { Bodies } from "./body.ts";
import { openLoad } from "./open-load.ts";
import { readBack } from "./other-work.ts";
import type { StorageWork } from "./plan.ts";
import { S3Store } from "./s3-store.ts";

const BUCKET = "edgeproof";
const SIZE = 1024;
const KEYS = ["load/1024/0000", "load/1024/0001", "load/1024/0002", "load/1024/0003"];

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Undefined where the toolchain has not built it yet, or not for this machine. */
async function builtStore(): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined;
  const toolchain = openToolchain();
  const found = await locate(programNamed(toolchain.catalog, "versitygw"), "node", hostTarget(), toolchain);
  return "tool" in found ? found.tool.path : undefined;
}

/** The client's work, without the process around it. */
async function does(store: S3Store, work: StorageWork): Promise<StorageSample[]> {
  const samples: StorageSample[] = [];
  const plan = {
    store: { kind: "record-log", endpoint: "" } as const,
    ...{ phase: "load", seed: 1, timeoutMs: 5000, work },
  };
  const context = {
    plan,
    store,
    bodies: new Bodies(SIZE),
    say: (sample: StorageSample) => void samples.push(sample),
  };
  if (work.kind === "open") await openLoad(context, work);
  else if (work.kind === "read-back") await readBack(context, work);
  return samples;
}

describe("what a store loses is found, with a real store", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgeproof-store-"));
  const objects = join(folder, BUCKET);
  let server: ChildProcess | undefined;
  let store: S3Store;
  let written: StorageRecord;

  before("start the store and write to it", async function () {
    this.timeout(30_000);
    const program = await builtStore();
    // A build takes minutes; `edgeproof run --suite storage` makes it, and does the same against the rig's store.
    if (program === undefined) return this.skip();
    const port = await freePort();
    const keys = { ROOT_ACCESS_KEY: "user", ROOT_SECRET_KEY: "of this test only" };
    server = spawn(program, ["--port", `127.0.0.1:${port}`, "--quiet", "posix", folder], {
      env: keys,
      stdio: "ignore",
    });
    const where = { endpoint: `http://127.0.0.1:${port}`, region: "us-east-1", bucket: BUCKET };
    store = new S3Store({ kind: "s3", ...where, accessKey: "user", secretKey: keys.ROOT_SECRET_KEY }, 8);
    for (let tries = 0; ; tries++)
      try {
        await store.prepare(AbortSignal.timeout(1000));
        break;
      } catch (error) {
        if (tries > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    const samples = await does(store, {
      ...{ kind: "open", durationMs: 1000, keysPerSize: KEYS.length, maxInFlight: 8 },
      // Twice each, so that there is something older.
      streams: [{ operation: "put", sizeBytes: SIZE, ratePerSecond: 2 * KEYS.length }],
    });
    written = { phase: "load", store: "s3", samples };
    expect(samples.map(({ outcome }) => outcome)).to.deep.equal(samples.map(() => "ok"));
    expect(samples).to.have.length(2 * KEYS.length);
  });

  after(async () => {
    if (server?.kill("SIGKILL")) await once(server, "exit");
    await rm(folder, { recursive: true, force: true });
  });

  const check = async () => {
    const samples = await does(store, {
      kind: "read-back",
      keys: KEYS,
      prefixes: ["load/"],
      patienceMs: 1000,
    });
    return checkStorage([written, { phase: "back", store: "s3", verifies: ["load"], samples }], "back");
  };

  it("finds nothing while nothing is lost", async () => {
    const { findings, acknowledgedKeys, unread, unlistable } = await check();
    expect({ findings, acknowledgedKeys, unread, unlistable }).to.deep.equal({
      ...{ findings: [], acknowledgedKeys: KEYS.length, unread: [], unlistable: false },
    });
  });

  // Each takes the object's file, as a disk or a defect would, and what it did stays for the next.
  const planted: { title: string; key: string; anomaly: string; plant: (path: string) => Promise<void> }[] = [
    {
      title: "one acknowledged object that is gone",
      key: KEYS[0]!,
      anomaly: "lost",
      plant: unlink,
    },
    {
      title: "one object whose bytes are others",
      key: KEYS[1]!,
      anomaly: "corrupted",
      plant: (path) => writeFile(path, Buffer.alloc(SIZE, 7)),
    },
    {
      title: "one object that is an older one",
      key: KEYS[2]!,
      anomaly: "stale",
      plant: (path) => copyFile(join(folder, "older"), path),
    },
  ];
  planted.forEach(({ title, key, anomaly, plant }, index) =>
    it(`finds ${title}, names its key, and no other`, async () => {
      if (anomaly === "stale") {
        const path = join(objects, key);
        await copyFile(path, join(folder, "older"));
        const bodies = new Bodies(SIZE);
        const { body, hash } = bodies.make(key, SIZE);
        const startedAt = performance.timeOrigin + performance.now();
        await store.put(key, body, AbortSignal.timeout(5000));
        const durationMs = performance.timeOrigin + performance.now() - startedAt;
        written.samples.push({
          ...{ operation: "put", sizeBytes: SIZE, key, hash, intendedAt: startedAt, startedAt, durationMs },
          outcome: "ok",
        });
      }
      await plant(join(objects, key));
      const expected = planted.slice(0, index + 1).map((one) => ({ anomaly: one.anomaly, key: one.key }));
      expect((await check()).findings).to.deep.equal(expected);
    }),
  );
});
