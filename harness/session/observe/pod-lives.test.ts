import type { V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";

import { PodLives } from "./pod-lives.ts";

const pod = (uid: string, ready = true, extra: object = {}): V1Pod => ({
  metadata: { uid },
  status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }], ...extra },
});

const lives = (...uids: string[]): PodLives => {
  const made = new PodLives();
  for (const uid of uids) made.saw("ADDED", pod(uid), 0);
  made.begin();
  return made;
};

describe("what is seen of a function's pods", () => {
  it("is that all are kept where nothing goes, and no replacement ever came", () => {
    const seen = lives("a", "b");
    seen.injected(100);
    seen.saw("MODIFIED", pod("a", false), 150);
    expect([seen.replaced, seen.evictions, seen.kept, seen.replacementReady]).to.deep.equal([
      0,
      0,
      1,
      undefined,
    ]);
  });

  it("counts a pod that goes once, though its end comes in several events, and the first new pod that is Ready", () => {
    const seen = lives("a", "b", "c", "d");
    seen.injected(100);
    const ending: V1Pod = { metadata: { uid: "a", deletionTimestamp: new Date() } };
    seen.saw("MODIFIED", ending, 120);
    seen.saw("DELETED", ending, 150);
    seen.saw("ADDED", pod("e", false), 160);
    seen.saw("MODIFIED", pod("e"), 900);
    seen.saw("ADDED", pod("f"), 1_000);
    expect([seen.replaced, seen.kept, seen.replacementReady]).to.deep.equal([1, 0.75, 800]);
  });

  it("tells an eviction from a pod that was deleted", () => {
    const seen = lives("a", "b", "c");
    seen.injected(100);
    const conditions = [{ type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI" }];
    seen.saw("MODIFIED", pod("a", true, { conditions }), 120);
    seen.saw("DELETED", pod("a", true, { conditions }), 130);
    seen.saw("MODIFIED", pod("b", false, { reason: "Evicted" }), 140);
    seen.saw("DELETED", pod("c"), 150);
    expect([seen.replaced, seen.evictions]).to.deep.equal([2, 2]);
  });

  it("counts what a slow injection took away before it was complete", () => {
    const seen = lives("a");
    seen.saw("DELETED", pod("a"), 50);
    seen.saw("ADDED", pod("b"), 60);
    seen.injected(100);
    expect([seen.replaced, seen.kept, seen.replacementReady]).to.deep.equal([1, 0, 0]);
  });
});
