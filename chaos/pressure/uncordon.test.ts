import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { accessOf } from "./uncordon.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a kubelet's way to the API server", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-kubeconfig-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is read from a kubeconfig that holds its certificates", () => {
    const { server, ca, cert, key } = accessOf(`apiVersion: v1
kind: Config
clusters:
  - name: edgeproof
    cluster:
      server: https://198.19.0.1:6443
      certificate-authority-data: ${base64("the ca")}
users:
  - name: edgeproof
    user:
      client-certificate-data: "${base64("the cert")}"
      client-key-data: ${base64("the key")}
`);
    expect([server, ca.toString(), cert.toString(), key.toString()]).to.deep.equal([
      "https://198.19.0.1:6443",
      "the ca",
      "the cert",
      "the key",
    ]);
  });

  it("is read from one that names files, as K3s writes it", () => {
    for (const name of ["server-ca.crt", "client-kubelet.crt", "client-kubelet.key"])
      writeFileSync(join(folder, name), name);
    const { server, ca, cert, key } = accessOf(`apiVersion: v1
clusters:
- cluster:
    server: https://127.0.0.1:6444
    certificate-authority: ${folder}/server-ca.crt
  name: local
users:
- name: user
  user:
    client-certificate: ${folder}/client-kubelet.crt
    client-key: ${folder}/client-kubelet.key
`);
    expect([server, ca.toString(), cert.toString(), key.toString()]).to.deep.equal([
      "https://127.0.0.1:6444",
      "server-ca.crt",
      "client-kubelet.crt",
      "client-kubelet.key",
    ]);
  });

  it("is refused where a certificate is missing", () => {
    expect(() => accessOf("server: https://x\n")).to.throw("no certificate-authority");
  });
});
