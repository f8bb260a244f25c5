import { expect } from "chai";

import type { SingleAnswer } from "../load/single-request.ts";
import { notCold } from "./cold-starts.ts";

const answer = (changes: Partial<SingleAnswer> = {}, startedAt = 12_000): SingleAnswer => ({
  askedAt: 10_000,
  durationMs: 2_500,
  status: 200,
  headers: { "edgeproof-pod-uid": "u", "edgeproof-process-start": String(startedAt) },
  ...changes,
});
const pod = (createdAt?: number) => ({
  pod: "fn-1",
  uid: "u",
  askedAt: 10_000,
  ...(createdAt === undefined ? {} : { createdAt }),
});

describe("an answer to a function that had no pod", () => {
  it("is of a cold start if its process and its pod are younger than the request", () => {
    expect(notCold(answer(), pod(10_900))).to.equal("");
  });

  it("is none if the process is older, whatever the watch saw", () => {
    expect(notCold(answer({}, 4_000), pod(10_900))).to.equal(
      "the process that answered was 6000 ms older than the request",
    );
  });

  it("is none if the pod was made before the request, though its process started after it", () => {
    expect(notCold(answer(), pod(9_100))).to.contain("was made 900 ms before the request");
  });

  it("is a cold start that never ended if nobody answered", () => {
    expect(notCold(answer({ status: 0, headers: {}, error: "timed out" }), undefined)).to.equal("");
  });
});
