import "reflect-metadata";
import { webcrypto } from "node:crypto";

import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 24 * 3600 * 1000;
/** A rig lives for hours; a month leaves room for one that is kept up. */
const VALID_DAYS = 30;
/** Nodes' clocks may lag behind the tester's. */
const BACKDATE_MS = 3600 * 1000;

x509.cryptoProvider.set(webcrypto as never);

/** PEM texts. */
export interface KeyPair {
  cert: string;
  key: string;
}

export interface CertRequest {
  commonName: string;
  organization?: string;
  dnsNames?: string[];
  addresses?: string[];
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

async function privatePem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const der = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return x509.PemConverter.encode(der, "PRIVATE KEY");
}

/** A key pair of its own, as service account tokens are signed with. */
export async function createSigningKey(): Promise<{ publicKey: string; privateKey: string }> {
  const keys = await newKeys();
  const der = await webcrypto.subtle.exportKey("spki", keys.publicKey);
  return { publicKey: x509.PemConverter.encode(der, "PUBLIC KEY"), privateKey: await privatePem(keys) };
}

const validity = () => ({
  notBefore: new Date(Date.now() - BACKDATE_MS),
  notAfter: new Date(Date.now() + VALID_DAYS * DAY_MS),
  signingAlgorithm: ALGORITHM,
});

/** A certificate authority for one rig; its key stays in this process unless the caller stores it. */
export class Authority {
  private readonly certificate: x509.X509Certificate;
  private readonly keys: webcrypto.CryptoKeyPair;
  private serial = 1;

  private constructor(certificate: x509.X509Certificate, keys: webcrypto.CryptoKeyPair) {
    this.certificate = certificate;
    this.keys = keys;
  }

  static async create(commonName: string): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity(),
      serialNumber: "01",
      name: `CN=${commonName}`,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority(certificate, keys);
  }

  get cert(): string {
    return this.certificate.toString("pem");
  }

  /** A certificate for both sides of TLS, as Kubernetes' components use them. */
  async issue({ commonName, organization, dnsNames = [], addresses = [] }: CertRequest): Promise<KeyPair> {
    const keys = await newKeys();
    const names = [
      ...dnsNames.map((value) => ({ type: "dns" as const, value })),
      ...addresses.map((value) => ({ type: "ip" as const, value })),
    ];
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(),
      serialNumber: (++this.serial).toString(16).padStart(8, "0"),
      subject: [...(organization ? [{ O: [organization] }] : []), { CN: [commonName] }],
      issuer: this.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      extensions: [
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
          true,
        ),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
        await x509.AuthorityKeyIdentifierExtension.create(this.certificate),
      ],
    });
    return { cert: certificate.toString("pem"), key: await privatePem(keys) };
  }
}
