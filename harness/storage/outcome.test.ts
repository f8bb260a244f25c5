import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect } from "chai";

import type { ObjectStore } from "./object-store.ts";
import { outcomeOf, reasonOf } from "./outcome.ts";
import { RecordStore } from "./record-store.ts";
import { S3Store } from "./s3-store.ts";

/** What a put comes to when the server behaves so. */
async function putAgainst(
  make: (endpoint: string) => ObjectStore,
  status: number | "hang" | "reset" | "closed",
) {
  const server = createServer((request, response) => {
    request.resume();
    if (status === "reset") request.socket.resetAndDestroy();
    else if (typeof status === "number") response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  if (status === "closed") await new Promise((resolve) => server.close(resolve));
  try {
    await make(`http://127.0.0.1:${port}`).put(
      "a/b",
      Buffer.from("x"),
      AbortSignal.timeout(status === "hang" ? 300 : 5000),
    );
    return "ok";
  } catch (error) {
    expect(reasonOf(error)).to.match(/^\S.*$/);
    return outcomeOf(error);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const STORES: Record<string, (endpoint: string) => ObjectStore> = {
  s3: (endpoint) =>
    new S3Store({ kind: "s3", endpoint, region: "r", bucket: "b", accessKey: "a", secretKey: "s" }, 4),
  "record-log": (endpoint) => new RecordStore({ kind: "record-log", endpoint }),
};

describe("what became of a put", () => {
  for (const [name, make] of Object.entries(STORES))
    describe(`to ${name}`, () => {
      it("is known to be without effect where the store was not reached or refused it", async () => {
        expect(await putAgainst(make, "closed")).to.equal("failed");
        expect(await putAgainst(make, 403)).to.equal("failed");
        expect(await putAgainst(make, 404)).to.equal("failed");
      });

      it("is unknown where the answer never came, or says that the store had trouble", async () => {
        expect(await putAgainst(make, "hang")).to.equal("unknown");
        expect(await putAgainst(make, "reset")).to.equal("unknown");
        expect(await putAgainst(make, 500)).to.equal("unknown");
        expect(await putAgainst(make, 503)).to.equal("unknown");
      });

      it("is ok where the store says so", async () => {
        expect(await putAgainst(make, 200)).to.equal("ok");
      });
    });
});
