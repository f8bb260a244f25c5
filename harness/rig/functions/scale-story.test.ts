import type { V1Deployment, V1EndpointSlice, V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";

import { ScaleStory } from "./scale-story.ts";

const pod = (uid: string, more: { ready?: boolean; ending?: boolean } = {}): V1Pod => ({
  metadata: { uid, name: `fn-${uid}`, ...(more.ending ? { deletionTimestamp: new Date(0) } : {}) },
  spec: { containers: [], nodeName: "pi4-1" },
  status: { conditions: [{ type: "Ready", status: more.ready ? "True" : "False" }] },
});
const deployment = (replicas: number, uid = "d1"): V1Deployment =>
  ({ metadata: { uid }, spec: { replicas } }) as V1Deployment;
const slice = (...uids: string[]): V1EndpointSlice => sliceNamed("s1", uids);
const sliceNamed = (uid: string, uids: string[]): V1EndpointSlice =>
  ({
    metadata: { uid },
    endpoints: uids.map((one) => ({ conditions: { ready: true }, targetRef: { uid: one } })),
  }) as V1EndpointSlice;
const image = (uid: string, container: string) => ({ uid, fieldPath: `spec.containers{${container}}` });

describe("the story of a function's replicas", () => {
  let story: ScaleStory;
  beforeEach(() => (story = new ScaleStory(() => "pi4")));

  it("gives each new pod the decision that made room for it, its image and its endpoint", () => {
    story.onDeployment("ADDED", deployment(1), 0);
    story.onPod("ADDED", pod("old", { ready: true }), 0);
    story.asked(1000);
    story.onDeployment("MODIFIED", deployment(2), 1100);
    story.onPod("ADDED", pod("a"), 1200);
    story.onDeployment("MODIFIED", deployment(4), 1300);
    story.onPod("ADDED", pod("b"), 1400);
    story.onImage(image("a", "queue-proxy"), 1450);
    story.onImage(image("a", "function"), 1500);
    story.onImage(image("a", "function"), 1900);
    story.onPod("MODIFIED", pod("a", { ready: true }), 1600);
    story.onSlice("ADDED", slice("old", "a"), 1700);
    story.onSlice("MODIFIED", slice("old", "a", "b"), 1800);
    const [a, b] = story.pods;
    expect(a).to.include({
      uid: "a",
      decidedAt: 1100,
      createdAt: 1200,
      imageAt: 1500,
      readyAt: 1600,
      endpointAt: 1700,
    });
    expect(b).to.include({ uid: "b", decidedAt: 1300, endpointAt: 1800 }).and.not.have.property("imageAt");
    expect(story.mostDesired).to.equal(4);
  });

  it("takes a wish that is heard of after its pod to be no later than the pod", () => {
    story.asked(1000);
    story.onPod("ADDED", pod("a"), 1200);
    story.onDeployment("ADDED", deployment(1), 1210);
    expect(story.pods[0]).to.include({ decidedAt: 1200, createdAt: 1200 });
  });

  it("does not take a wish from before for the decision", () => {
    story.onDeployment("ADDED", deployment(3), 500);
    story.asked(1000);
    story.onPod("ADDED", pod("replacement"), 1200);
    expect(story.pods[0]).to.not.have.property("decidedAt");
    expect(story.mostDesired).to.equal(3);
  });

  it("counts pods that are ending as there, yet neither as actual nor as ready", () => {
    story.onPod("ADDED", pod("a", { ready: true }), 0);
    story.onPod("MODIFIED", pod("b", { ready: true, ending: true }), 0);
    story.onDeployment("ADDED", deployment(1), 0);
    expect(story.podCount).to.equal(2);
    expect(story.count(5)).to.deep.equal({ at: 5, desired: 1, actual: 1, ready: 1 });
    story.onPod("DELETED", pod("b"), 1);
    expect(story.podCount).to.equal(1);
  });

  it("adds up the Deployments of several revisions", () => {
    story.onDeployment("ADDED", deployment(2, "d1"), 0);
    story.onDeployment("ADDED", deployment(3, "d2"), 0);
    expect(story.desired).to.equal(5);
    story.onDeployment("DELETED", deployment(2, "d1"), 0);
    expect(story.desired).to.equal(3);
  });

  it("counts endpoints of its own pods alone, each once", () => {
    story.onPod("ADDED", pod("a"), 0);
    story.onSlice("ADDED", slice("a", "of-another-function"), 0);
    story.onSlice("ADDED", sliceNamed("s2", ["a"]), 0);
    expect(story.endpointCount).to.equal(1);
    story.onSlice("ADDED", { ...({ metadata: { uid: "s3" } } as object), endpoints: null } as never, 0);
    story.onSlice("DELETED", slice("a"), 0);
    story.onSlice("MODIFIED", sliceNamed("s2", []), 0);
    expect(story.endpointCount).to.equal(0);
  });
});
