import { expect } from "chai";

import { eachOf } from "./each-of.ts";

describe("work of many items", () => {
  it("is all done, never more than so many at a time", async () => {
    let now = 0;
    let most = 0;
    const done: number[] = [];
    await eachOf([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      done.push(item);
    });
    expect([most, done.toSorted()]).to.deep.equal([3, [1, 2, 3, 4, 5, 6, 7]]);
  });

  it("ends with the first error", async () => {
    const failed = await eachOf([1, 2], 1, (item) => Promise.reject(new Error(`no ${item}`))).catch(String);
    expect(failed).to.equal("Error: no 1");
  });
});
