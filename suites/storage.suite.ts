import { setTimeout as delay } from "node:timers/promises";

import type { FaultDefinition, FaultTarget } from "../chaos/faults/definition.ts";
import type { Fault } from "../chaos/faults/fault.ts";
import { linkLoss } from "../chaos/faults/link/link-loss.ts";
import { linkPartition } from "../chaos/faults/link/link-partition.ts";
import { nodeKill } from "../chaos/faults/node/node-kill.ts";
import type { Guard } from "../chaos/journal/change.ts";
import { VOLUMES_FOLDER } from "../harness/rig/local-path.ts";
import { currentSession } from "../harness/session/session.ts";
import { Stored } from "../harness/session/stored.ts";
import type { StorageStream, StorageWork } from "../harness/storage/plan.ts";
import { judgesPhase } from "edgeproof";

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZES = [
  { subject: "1KiB", sizeBytes: KIB, ratePerSecond: 5 },
  { subject: "64KiB", sizeBytes: 64 * KIB, ratePerSecond: 4 },
  { subject: "1MiB", sizeBytes: MIB, ratePerSecond: 1 },
  { subject: "8MiB", sizeBytes: 8 * MIB, ratePerSecond: 0.4 },
];
const STEADY_MS = 20_000;
const THROUGHPUT_MS = 2_500;
const WORKERS = 4;
/** Writes before a fault begins, and how long it lasts. */
const LEAD_MS = 3_000;
const CUT_MS = 8_000;
const OFF_MS = 10_000;
const RECOVERY_LIMIT_MS = 120_000;

const open = (durationMs: number, streams: StorageStream[], keysPerSize = 25): StorageWork => ({
  ...{ kind: "open", durationMs, streams, keysPerSize, maxInFlight: 128 },
});

/** What writes while something breaks; keys that are written once and keys that are written again. */
const UNDER_FAULT: StorageStream[] = [
  { operation: "put", sizeBytes: KIB, ratePerSecond: 10 },
  { operation: "put", sizeBytes: 64 * KIB, ratePerSecond: 4 },
  { operation: "get", sizeBytes: KIB, ratePerSecond: 4 },
];
const RECORDS: StorageStream[] = [{ operation: "put", sizeBytes: KIB, ratePerSecond: 5 }];

describe("Is what a store acknowledged still there", () => {
  const session = currentSession();
  const { rig } = session;
  const s3 = new Stored(session, "s3");
  const records = new Stored(session, "record-log");
  const node = rig.topology.workloads.find(({ kind }) => kind === "s3")?.node;
  if (node === undefined) throw new Error("the topology has no workload s3");

  const links: FaultTarget = {
    kind: "links",
    directions: [
      { from: rig.tester.name, to: node },
      { from: node, to: rig.tester.name },
    ],
  };
  const machine: FaultTarget = { kind: "nodes", nodes: [session.faultRig.machine(node)] };

  /** The fault, and when it began to be put back. */
  async function broken(definition: FaultDefinition, params: object, target: FaultTarget, phase: string) {
    let tell: (at: number) => void = () => undefined;
    const putBack = new Promise<number>((resolve) => (tell = resolve));
    const guard: Guard = {
      apply: (name, change) => session.guard.apply(name, change),
      revert: (name) => {
        tell(Date.now());
        return session.guard.revert(name);
      },
    };
    const { faultRig, seed } = session;
    const fault = await definition.build(params, target, {
      ...{ name: definition.name, phase, rig: faultRig, guard, links: session.links, seed, unprobed: [] },
      functionUrl: (fn) => session.gateway.route(fn).url,
    });
    return { fault, putBack };
  }

  interface Outage {
    phase: string;
    fault: { fault: Fault; putBack: Promise<number> };
    forMs: number;
    loadMs: number;
    /** With the load at its end, and the fault in force. */
    meanwhile?: () => Promise<void>;
  }

  /** Writes, breaks, puts back, and sees when the stores take a write again. */
  async function writesThrough({
    phase,
    fault: { fault, putBack },
    forMs,
    loadMs,
    meanwhile,
  }: Outage): Promise<void> {
    await session.phase({ name: phase, kind: "fault" }, async (faults) => {
      const loads = [
        s3.work(phase, open(loadMs, UNDER_FAULT, 1000)),
        records.work(phase, open(loadMs, RECORDS, 1000)),
      ];
      const load = Promise.all(loads);
      load.catch(() => undefined);
      await delay(LEAD_MS);
      await faults.inject(fault);
      await delay(forMs);
      if (meanwhile) {
        await load;
        await meanwhile();
      }
      const back = putBack.then((at) =>
        Promise.all([s3, records].map((one) => one.recover(`${phase}-back`, at, RECOVERY_LIMIT_MS))),
      );
      back.catch(() => undefined);
      await faults.heal(fault);
      await back;
      await load;
    });
  }

  const readsBack = (phase: string, stores: readonly Stored[]): Promise<unknown> =>
    session.phase({ name: `${phase}-back`, kind: "healed" }, async () => {
      for (const store of stores) await store.readBack(`${phase}-back`, [phase]);
    });

  describe("under a steady load of small objects, then of large ones", () => {
    before("put, get and list at a constant rate", async () => {
      const phase = "storage-steady";
      // One after the other: behind 8 MiB on the link, a small object's time says nothing about the store.
      const small = SIZES.filter(({ sizeBytes }) => sizeBytes < MIB);
      const large = SIZES.filter(({ sizeBytes }) => sizeBytes >= MIB);
      const streamsOf = (sizes: typeof SIZES): StorageStream[] =>
        sizes.flatMap(({ sizeBytes, ratePerSecond }) => [
          { operation: "put", sizeBytes, ratePerSecond },
          { operation: "get", sizeBytes, ratePerSecond },
        ]);
      await session.phase({ name: phase, kind: "baseline" }, async () => {
        await s3.work(
          phase,
          open(STEADY_MS, [...streamsOf(small), { operation: "list", sizeBytes: 0, ratePerSecond: 2 }]),
        );
        await s3.work(phase, open(STEADY_MS, streamsOf(large)));
        await records.work(
          phase,
          open(STEADY_MS / 2, [{ operation: "put", sizeBytes: KIB, ratePerSecond: 10 }], 1000),
        );
      });
      await readsBack(phase, [s3, records]);
    });

    judgesPhase("storage-steady");
    judgesPhase("storage-steady-back");
  });

  describe("as fast as it can", () => {
    before("put and get with workers that never pause", async () => {
      await session.phase({ name: "storage-throughput", kind: "steady" }, async () => {
        for (const { subject, sizeBytes } of SIZES)
          for (const operation of ["put", "get"] as const)
            await s3.throughput("storage-throughput", operation, {
              ...{ sizeBytes, subject, workers: WORKERS, durationMs: THROUGHPUT_MS },
            });
      });
    });

    judgesPhase("storage-throughput");
  });

  describe("over a link that loses packets", () => {
    const phase = "storage-link-loss";
    before("write under loss, then read back", async () => {
      const fault = await broken(linkLoss, { loss: 0.05 }, links, phase);
      await writesThrough({ phase, fault, forMs: CUT_MS, loadMs: LEAD_MS + CUT_MS });
      await readsBack(phase, [s3, records]);
    });

    judgesPhase(phase, { required: false });
    judgesPhase(`${phase}-back`);
  });

  describe("with the link cut while it is written to", () => {
    const phase = "storage-partition";
    before("write through the partition, then read back", async () => {
      const fault = await broken(linkPartition, {}, links, phase);
      await writesThrough({ phase, fault, forMs: CUT_MS, loadMs: LEAD_MS + 2 * CUT_MS });
      await readsBack(phase, [s3, records]);
    });

    judgesPhase(phase, { required: false });
    judgesPhase(`${phase}-back`);
  });

  describe("after a power cut of its node, the disk kept", () => {
    const phase = "storage-power-cut";
    before("kill the node while it writes, power it on, read back", async () => {
      const fault = await broken(nodeKill, {}, machine, phase);
      await writesThrough({ phase, fault, forMs: OFF_MS, loadMs: LEAD_MS + 2 * OFF_MS });
      await readsBack(phase, [s3, records]);
    });

    judgesPhase(phase, { required: false });
    judgesPhase(`${phase}-back`);
  });

  describe("when the store itself loses, damages and brings back one object each", () => {
    const phase = "storage-planted";
    before("take one object's file, zero the beginning of another's, put an older one back", async () => {
      const host = rig.node(node);
      const older = "/var/lib/rancher/edgeproof-older";
      const pathOf = async (index: number): Promise<string> => {
        const suffix = `*/${phase}/${KIB}/000${index}`;
        const { stdout } = await host.exec(["find", VOLUMES_FOLDER, "-type", "f", "-path", suffix]);
        const [path = "", ...more] = stdout.trim().split("\n");
        if (path === "" || more.length > 0)
          throw new Error(`${suffix} is ${more.length + 1} files: ${stdout}`);
        return path;
      };
      const puts = open(2_000, [{ operation: "put", sizeBytes: KIB, ratePerSecond: 6 }], 6);
      await session.phase({ name: phase, kind: "steady" }, async () => {
        await s3.work(phase, puts);
        await host.exec(["cp", await pathOf(2), older]);
        await s3.work(phase, puts);
        await host.exec(["rm", await pathOf(0)]);
        await host.exec(["dd", "if=/dev/zero", `of=${await pathOf(1)}`, "bs=16", "count=1", "conv=notrunc"]);
        await host.exec(["cp", older, await pathOf(2)]);
        await host.exec(["rm", older]);
      });
      await readsBack(phase, [s3]);
    });

    judgesPhase(phase, { required: false });
    judgesPhase(`${phase}-back`);
  });

  describe("after a power cut of its node, the disk lost", () => {
    const phase = "storage-disk-lost";
    before("kill the node while it writes, empty its disk, power it on, read back", async function () {
      const { driver } = rig.parts;
      // Disks of machines that exist are not taken.
      if (!driver.loseDisk) return this.skip();
      const loses = (folder: string) => () => driver.loseDisk?.(node, folder) ?? Promise.resolve();
      const fault = await broken(nodeKill, {}, machine, phase);
      await writesThrough({
        ...{ phase, fault, forMs: LEAD_MS, loadMs: 3 * LEAD_MS },
        meanwhile: loses(VOLUMES_FOLDER),
      });
      await readsBack(phase, [s3, records]);
    });

    judgesPhase(phase, { required: false });
    judgesPhase(`${phase}-back`);
  });
});
