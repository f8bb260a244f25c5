import type { V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";

import type { EdgeproofError } from "../../errors.ts";
import { missingImage, watchImages } from "./missing-image.ts";

const pod = (nodeName: string, reason: string, message?: string): V1Pod => ({
  spec: { nodeName, containers: [] },
  status: {
    containerStatuses: [
      {
        ...{ image: "registry.test/fib:1", imageID: "", name: "function", ready: false, restartCount: 0 },
        state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
      },
    ],
  },
});

describe("an image that pods wait for", () => {
  it("is missing where the kubelet has given up, on each node that has", () => {
    const pods = [
      pod("a", "ErrImageNeverPull"),
      pod("b", "ContainerCreating"),
      pod("c", "ImagePullBackOff", "denied"),
    ];
    expect(missingImage(pods)).to.deep.equal({
      image: "registry.test/fib:1",
      nodes: ["a: ErrImageNeverPull", "c: denied"],
    });
  });

  it("is not missing while it is pulled, or where a registry failed once", () => {
    expect(missingImage([pod("a", "ContainerCreating"), pod("b", "ErrImagePull")])).to.equal(undefined);
    expect(missingImage([{ spec: { containers: [] } }])).to.equal(undefined);
  });

  it("is told by name, with the nodes and the fix, as soon as it is seen", async () => {
    let pods: V1Pod[] = [];
    const watch = watchImages(() => Promise.resolve(pods), "push it");
    try {
      pods = [pod("a", "ErrImageNeverPull")];
      const error = await watch.found.catch((thrown: unknown) => thrown as EdgeproofError);
      expect([error.code, error.where, error.fix]).to.deep.equal([
        "IMAGE_MISSING",
        "a: ErrImageNeverPull",
        "push it",
      ]);
      expect(error.message).to.contain("registry.test/fib:1");
    } finally {
      watch.stop();
    }
  });
});
