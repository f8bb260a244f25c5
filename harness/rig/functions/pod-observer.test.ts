import type { V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";

import { PodObserver, podReady } from "./pod-observer.ts";

/** A pod as the API shows it at one moment of its life. */
const pod = (uid: string, stage: "pending" | "scheduled" | "started" | "ready", node = "pi4-1"): V1Pod => {
  const scheduled = stage !== "pending";
  const running = stage === "started" || stage === "ready";
  const condition = (type: string, holds: boolean) => ({ type, status: holds ? "True" : "False" });
  return {
    metadata: { uid, name: `fn-${uid}`, namespace: "edgeproof" },
    spec: { containers: [], ...(scheduled ? { nodeName: node } : {}) },
    status: {
      phase: running ? "Running" : "Pending",
      conditions: [
        condition("PodScheduled", scheduled),
        ...(scheduled ? [condition("Ready", stage === "ready")] : []),
      ],
      containerStatuses: scheduled
        ? [
            {
              name: "function",
              image: "x",
              imageID: "",
              restartCount: 0,
              ready: stage === "ready",
              state: running
                ? { running: { startedAt: new Date(0) } }
                : { waiting: { reason: "ContainerCreating" } },
            },
          ]
        : [],
    },
  };
};

const classOf = (node: string): string => ({ "pi4-1": "pi4", "pi3-1": "pi3" })[node] ?? "";

describe("a scale-out as its pods show it", () => {
  it("stamps each stage with the moment its news came, once", () => {
    const observer = new PodObserver(classOf);
    observer.begin(1000);
    observer.observe("ADDED", pod("a", "pending"), 1010);
    observer.observe("MODIFIED", pod("a", "scheduled"), 1020);
    observer.observe("MODIFIED", pod("a", "scheduled"), 1025);
    observer.observe("MODIFIED", pod("a", "started"), 1200);
    expect(observer.observe("MODIFIED", pod("a", "ready"), 1900)).to.equal(true);
    expect(observer.observe("MODIFIED", pod("a", "ready"), 2000)).to.equal(false);
    expect(observer.pods).to.deep.equal([
      {
        pod: "fn-a",
        uid: "a",
        askedAt: 1000,
        createdAt: 1010,
        scheduledAt: 1020,
        node: "pi4-1",
        deviceClass: "pi4",
        startedAt: 1200,
        readyAt: 1900,
      },
    ]);
  });

  it("gives all stages the moment of one piece of news that shows them all", () => {
    const observer = new PodObserver(classOf);
    observer.begin(0);
    observer.observe("ADDED", pod("a", "ready", "pi3-1"), 50);
    expect(observer.pods[0]).to.include({
      createdAt: 50,
      scheduledAt: 50,
      startedAt: 50,
      readyAt: 50,
      deviceClass: "pi3",
    });
  });

  it("does not count pods that were there before, whatever becomes of them", () => {
    const observer = new PodObserver(classOf);
    observer.observe("ADDED", pod("old", "ready"), 1);
    observer.observe("ADDED", pod("starting", "started"), 2);
    observer.begin(10);
    expect(observer.observe("MODIFIED", pod("starting", "ready"), 20)).to.equal(false);
    // A watch that was broken lists anew.
    observer.observe("ADDED", pod("old", "ready"), 30);
    observer.observe("DELETED", pod("old", "ready"), 40);
    expect(observer.pods).to.deep.equal([]);
    expect(observer.readyCount).to.equal(0);
  });

  it("keeps the stages of a pod that was deleted before it was ready, and makes none of the deletion", () => {
    const observer = new PodObserver(classOf);
    observer.begin(0);
    observer.observe("ADDED", pod("a", "scheduled"), 5);
    expect(observer.observe("DELETED", pod("a", "ready"), 9)).to.equal(false);
    observer.observe("DELETED", pod("b", "ready"), 9);
    expect(observer.pods).to.have.length(1);
    expect(observer.pods[0]).to.include({ uid: "a", scheduledAt: 5 }).and.to.not.have.property("readyAt");
  });

  it("counts each pod that became ready", () => {
    const observer = new PodObserver(classOf);
    observer.begin(0);
    observer.observe("ADDED", pod("a", "ready"), 1);
    observer.observe("ADDED", pod("b", "started"), 2);
    observer.observe("ADDED", pod("c", "ready"), 3);
    expect([observer.readyCount, observer.pods.length]).to.deep.equal([2, 3]);
  });

  it("takes a pod to be ready by its Ready condition only", () => {
    const stages = ["pending", "scheduled", "started", "ready"] as const;
    expect(stages.map((stage) => podReady(pod("a", stage)))).to.deep.equal([false, false, false, true]);
    expect(podReady({})).to.equal(false);
  });
});
