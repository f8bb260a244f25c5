import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { ensureSecrets, readSecrets } from "./workload-secrets.ts";

describe("the keys of a workload", () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "edgeproof-keys-"))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("are made once for a rig, and are nobody else's to read", async () => {
    const made = await ensureSecrets(folder, "s3", ["USER", "PASSWORD"]);
    expect(Object.keys(made)).to.deep.equal(["USER", "PASSWORD"]);
    expect(made.PASSWORD).to.match(/^[0-9a-f]{40}$/);
    expect(await ensureSecrets(folder, "s3", ["USER", "PASSWORD"])).to.deep.equal(made);
    expect(await readSecrets(folder, "s3")).to.deep.equal(made);
    const [file = ""] = await readdir(folder);
    expect((await stat(join(folder, file))).mode & 0o777).to.equal(0o600);
  });

  it("are others for another rig", async () => {
    const here = await ensureSecrets(folder, "s3", ["PASSWORD"]);
    await rm(join(folder, "workload-s3.json"));
    expect(await ensureSecrets(folder, "s3", ["PASSWORD"])).not.to.deep.equal(here);
  });

  it("are missed with an error that says where they should be", async () => {
    const error = await readSecrets(folder, "s3").catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "NO_WORKLOAD_KEYS", where: join(folder, "workload-s3.json") });
  });

  it("leave no file where a workload has none", async () => {
    expect(await ensureSecrets(folder, "nats", [])).to.deep.equal({});
    expect(await readdir(folder)).to.deep.equal([]);
  });
});
