import { X509Certificate, createPrivateKey } from "node:crypto";

import { expect } from "chai";

import { Authority, createSigningKey } from "./pki.ts";

describe("certificate authority of a rig", () => {
  it("issues certificates that chain to it and carry the names asked for", async () => {
    const authority = await Authority.create("test");
    const { cert, key } = await authority.issue({
      commonName: "system:node:a",
      organization: "system:nodes",
      dnsNames: ["a"],
      addresses: ["198.19.0.1"],
    });
    const leaf = new X509Certificate(cert);
    const ca = new X509Certificate(authority.cert);
    expect(leaf.verify(ca.publicKey)).to.equal(true);
    expect(leaf.checkIssued(ca)).to.equal(true);
    expect(ca.ca).to.equal(true);
    expect(leaf.subject.split("\n")).to.have.members(["O=system:nodes", "CN=system:node:a"]);
    expect(leaf.subjectAltName).to.equal("DNS:a, IP Address:198.19.0.1");
    expect(leaf.checkPrivateKey(createPrivateKey(key))).to.equal(true);
  });

  it("makes a signing key whose halves belong together", async () => {
    const { privateKey, publicKey } = await createSigningKey();
    expect(createPrivateKey(privateKey).asymmetricKeyType).to.equal("ec");
    expect(publicKey).to.match(/^-----BEGIN PUBLIC KEY-----/);
  });
});
