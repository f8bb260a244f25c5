import { expect } from "chai";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { EdgeproofError } from "../../errors.ts";
import { kubeconfig } from "../engine/kubeconfig.ts";
import { Authority } from "../pki.ts";
import { ensureNoSecrets, findSecrets, secretsInText } from "./find-secrets.ts";
import { folderSecrets, rigSecrets } from "./rig-secrets.ts";
import { secretsIn } from "./secret.ts";

const ecKey = (): string =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
    type: "pkcs8",
    format: "pem",
  }) as string;
const rsaKey = (): string =>
  generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({
    type: "pkcs1",
    format: "pem",
  }) as string;
const nebulaKey = (): string =>
  `-----BEGIN NEBULA X25519 PRIVATE KEY-----\n${randomBytes(32).toString("base64")}\n-----END NEBULA X25519 PRIVATE KEY-----\n`;
const indented = (text: string): string => text.replace(/^/gm, "    ");

describe("secrets of a rig", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-secrets-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const [kind, make] of Object.entries({ ecKey, rsaKey, nebulaKey })) {
    it(`are found as they are, in JSON, indented, in base64, and no other of its kind: ${kind}`, () => {
      const key = make();
      const secrets = secretsIn("host.key", key);
      expect(secrets).to.have.length(1);
      const body = key.split("\n").slice(1, -2).join("\n");
      for (const text of [body, JSON.stringify(body), indented(body), Buffer.from(key).toString("base64")])
        expect(secretsInText(`before ${text} after`, secrets), text).to.deep.equal(["host.key"]);
      const other = make().split("\n").slice(1, -2).join("\n");
      expect(secretsInText(other, secrets)).to.deep.equal([]);
      expect(secretsInText(Buffer.from(make()).toString("base64"), secrets)).to.deep.equal([]);
    });
  }

  it("are found by their shape, too, where nobody knows of them", () => {
    expect(secretsInText(JSON.stringify(ecKey()), [])).to.deep.equal(["a private key"]);
    const part = (bytes: number): string => randomBytes(bytes).toString("base64url");
    const token = `eyJ${part(24)}.eyJ${part(60)}.${part(64)}`;
    expect(secretsInText(`Authorization: Bearer ${token}`, [])).to.deep.equal(["a token"]);
    expect(secretsInText("-----BEGIN CERTIFICATE-----\nMIIB", [])).to.deep.equal([]);
  });

  it("of a kubeconfig are its key in both forms, and not its certificates", async () => {
    const authority = await Authority.create("test");
    const pair = await authority.issue({ commonName: "admin" });
    const text = kubeconfig("https://127.0.0.1:1", authority.cert, pair);
    const secrets = secretsIn("kubeconfig", text);
    expect(secretsInText(text, secrets)).to.include("kubeconfig");
    expect(secretsInText(pair.key, secrets)).to.include("kubeconfig");
    expect(secretsInText(`${authority.cert}${pair.cert}`, secrets)).to.deep.equal([]);
    expect(secretsInText(Buffer.from(pair.cert).toString("base64"), secrets)).to.deep.equal([]);
  });

  it("are listed from a rig's folder with the modes of their files, and those of a machine that is gone are said", async () => {
    mkdirSync(join(folder, "nebula"));
    writeFileSync(join(folder, "nebula", "ca.key"), nebulaKey(), { mode: 0o600 });
    writeFileSync(join(folder, "openfaas-password"), randomBytes(24).toString("hex"));
    chmodSync(join(folder, "openfaas-password"), 0o644);
    writeFileSync(join(folder, "rig.json"), "{}");
    const files = await folderSecrets(folder);
    const modes = Object.fromEntries(files.map(({ where, mode }) => [where.slice(folder.length + 1), mode]));
    expect(modes).to.deep.equal({ "nebula/ca.key": 0o600, "openfaas-password": 0o644 });
    const gone = {
      name: "pi4-1",
      exec: () => Promise.reject(new Error("off")),
      readFile: () => Promise.reject(new Error("off")),
    };
    const { secrets, unread } = await rigSecrets(folder, [gone]);
    expect(secrets).to.have.length(2);
    expect(unread).to.deep.equal(["pi4-1"]);
  });

  it("are found where one is planted in a run, packed or deep in the Allure report, and told without being shown", async () => {
    const key = ecKey();
    const secrets = secretsIn("kubelet.key", key);
    const line = key.split("\n")[1]!;
    mkdirSync(join(folder, "allure-report", "data"), { recursive: true });
    writeFileSync(join(folder, "run.json"), "{}");
    await ensureNoSecrets(folder, secrets);
    writeFileSync(join(folder, "allure-report", "data", "a.json"), JSON.stringify({ log: `x ${line}` }));
    writeFileSync(join(folder, "samples.ndjson.gz"), gzipSync(`{"x":"${line}"}`));
    const leaks = await findSecrets(folder, secrets);
    expect(leaks.map(({ file }) => file)).to.have.members(["allure-report/data/a.json", "samples.ndjson.gz"]);
    const error = await ensureNoSecrets(folder, secrets).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(EdgeproofError).and.to.include({ code: "SECRET_IN_RUN", exitCode: 3 });
    expect((error as EdgeproofError).format())
      .to.contain("kubelet.key")
      .and.to.not.contain(line);
  });
});
