import { expect } from "chai";

import type { MessageAccount } from "../harness/record/messages.ts";
import { phase, runOf, START } from "../harness/record/testing.ts";
import type { StorageOutcome, StorageSample } from "../harness/record/storage.ts";
import { htmlReport } from "./html-report.ts";
import { markdownSummary } from "./markdown-summary.ts";

const broken = phase("broker-killed", { kind: "fault" });

const account: MessageAccount = {
  ...{ phase: broken.name, channel: "mqtt-qos1", guarantee: "at-least-once", planned: 8, published: 8 },
  ...{ acknowledged: 7, delivered: 5, duplicated: 2, outOfOrder: 1, lost: [3, 4], unconfirmed: 1 },
  ...{ functionDuplicates: 0, ratePerSecond: 20, durationMs: 400, roundTripsMs: [10, 11, 12, 13, 900] },
};

const put = (
  durationMs: number,
  outcome: StorageOutcome,
  more: Partial<StorageSample> = {},
): StorageSample => ({
  ...{ operation: "put", sizeBytes: 65_536, key: "k", intendedAt: START, startedAt: START },
  ...{ durationMs, outcome },
  ...more,
});

describe("what a run's workloads did", () => {
  const run = runOf({
    phases: [broken],
    events: [
      { type: "messages", at: START, account },
      {
        type: "storage",
        at: START,
        storage: {
          ...{ phase: broken.name, store: "s3" },
          samples: [
            ...[put(20, "ok"), put(22, "ok"), put(30, "unknown"), put(1, "failed")],
            ...[put(5, "ok", { operation: "list", sizeBytes: 0 }), put(7, "ok", { aside: true })],
          ],
        },
      },
    ],
  });

  it("is in the summary: every message accounted for, every operation by how it ended", () => {
    const text = markdownSummary(run, []);
    expect(text).to.contain(
      "| broker-killed | mqtt-qos1 | at least once | 8 | 7 | 5 | 2 | 1 | 2 | 1 | 12 ms | 900 ms |",
    );
    expect(text).to.contain("| broker-killed | s3 | put | 64 KiB | 4 | 2 | 1 | 1 | 0 | 22 ms | never |");
    expect(text).to.contain("| broker-killed | s3 | list |  | 1 | 1 | 0 | 0 | 0 | 5 ms | 5 ms |");
  });

  it("is in the page as well, and not where there was none", () => {
    const page = htmlReport(run, []);
    for (const title of ["Messages", "Stores"]) expect(page).to.contain(`>${title}</h2>`);
    expect(page).to.contain("mqtt-qos1").and.to.contain("64 KiB");
    const without = htmlReport(runOf({ phases: [broken] }), []);
    for (const title of ["Messages", "Stores"]) expect(without).to.not.contain(`>${title}</h2>`);
  });
});
