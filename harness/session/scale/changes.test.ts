import { expect } from "chai";

import { Changes } from "./changes.ts";

describe("waiting for something to hold", () => {
  const { signal } = new AbortController();

  it("ends at the change that makes it so", async () => {
    const changes = new Changes();
    let count = 0;
    const waited = changes.until(() => count === 2, 5000, signal);
    count = 1;
    changes.tell();
    count = 2;
    changes.tell();
    expect(await waited).to.equal(true);
  });

  it("ends at once where it holds already, and with false at the limit", async () => {
    const changes = new Changes();
    expect(await changes.until(() => true, 5000, signal)).to.equal(true);
    expect(await changes.until(() => false, 5, signal)).to.equal(false);
  });

  it("is given up when aborted, then and before", async () => {
    const abort = new AbortController();
    const waited = new Changes().until(() => false, 5000, abort.signal).catch((error: unknown) => error);
    abort.abort(new Error("enough"));
    expect(String(await waited)).to.equal("Error: enough");
    const late = await new Changes().until(() => true, 5000, abort.signal).catch((error: unknown) => error);
    expect(String(late)).to.equal("Error: enough");
  });
});
