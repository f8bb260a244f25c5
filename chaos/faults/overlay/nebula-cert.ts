import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { rigError } from "../../../harness/errors.ts";
import type { FaultRig } from "../fault-rig.ts";

/** Beginning of the names of passing folders for keys in the rig's; `heal` removes those of killed runs. */
export const CERTIFICATE_FOLDERS = "overlay-";

/** Where the rig's CA and nebula-cert are. */
export type CertificateRig = Pick<FaultRig, "folder" | "nebulaCert">;

/** What a host certificate says. */
export interface HostCertificate {
  fingerprint: string;
  name: string;
  networks: string[];
  unsafeNetworks: string[];
  groups: string[];
  /** Raw bytes. */
  publicKey: Buffer;
}

interface Printed {
  curve: string;
  fingerprint: string;
  publicKey: string;
  details: {
    name: string;
    networks: string[] | null;
    unsafeNetworks: string[] | null;
    groups: string[] | null;
  };
}

const TIMEOUT_MS = 10_000;

interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Rejects only where nebula-cert cannot run at all. */
async function run(rig: CertificateRig, args: readonly string[]): Promise<Ended> {
  const program = await rig.nebulaCert();
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      const exitCode = error ? error.code : 0;
      if (typeof exitCode === "number") return resolve({ exitCode, stdout, stderr });
      reject(rigError("nebula-cert", "nebula-cert did not run", { where: program, cause: error }));
    });
  });
}

async function mustRun(rig: CertificateRig, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(rig, args);
  if (exitCode === 0) return stdout;
  throw rigError(
    "nebula-cert",
    `nebula-cert ${args[0]} ended with ${exitCode}: ${(stderr || stdout).trim()}`,
  );
}

/** Runs `work` with a folder of its own in the rig's (0700). */
async function inScratch<T>(rig: CertificateRig, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(rig.folder, CERTIFICATE_FOLDERS));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const authority = ({ folder }: CertificateRig) => ({
  crt: join(folder, "nebula/ca.crt"),
  key: join(folder, "nebula/ca.key"),
});

/** Reads a certificate by `nebula-cert print`. */
export const inspect = (rig: CertificateRig, pem: string): Promise<HostCertificate> =>
  inScratch(rig, async (folder) => {
    const file = join(folder, "host.crt");
    await writeFile(file, pem);
    const text = await mustRun(rig, ["print", "-json", "-path", file]);
    const [printed] = JSON.parse(text) as Printed[];
    if (printed?.curve !== "CURVE25519")
      throw rigError("nebula-certificate", `a certificate of curve ${printed?.curve} is not understood`, {
        expected: "CURVE25519, as edgeproof's own",
      });
    const { fingerprint, publicKey, details } = printed;
    return {
      ...{ fingerprint, name: details.name, publicKey: Buffer.from(publicKey, "hex") },
      networks: details.networks ?? [],
      unsafeNetworks: details.unsafeNetworks ?? [],
      groups: details.groups ?? [],
    };
  });

/**
 * A new certificate for the same machine and the same key pair, by the rig's CA: the machine's private key stays where it
 * is. Valid from now on.
 */
export const signAgain = (rig: CertificateRig, host: HostCertificate, validMs?: number): Promise<string> =>
  inScratch(rig, async (folder) => {
    const [pub, crt] = [join(folder, "host.pub"), join(folder, "host.crt")];
    const base64 = host.publicKey.toString("base64");
    const banner = "NEBULA X25519 PUBLIC KEY";
    await writeFile(pub, `-----BEGIN ${banner}-----\n${base64}\n-----END ${banner}-----\n`);
    await sign(rig, host, [...["-in-pub", pub, "-out-crt", crt], ...lasting(validMs)]);
    return readFile(crt, "utf8");
  });

/** A certificate and a key pair for a machine that the rig did not have. The key is kept by nobody. */
export const signNew = (
  rig: CertificateRig,
  host: Pick<HostCertificate, "name" | "networks">,
): Promise<{ ca: string; cert: string; key: string }> =>
  inScratch(rig, async (folder) => {
    const [key, crt] = [join(folder, "host.key"), join(folder, "host.crt")];
    await sign(rig, { ...host, unsafeNetworks: [], groups: [] }, ["-out-key", key, "-out-crt", crt]);
    const read = (file: string): Promise<string> => readFile(file, "utf8");
    return { ca: await read(authority(rig).crt), cert: await read(crt), key: await read(key) };
  });

async function sign(
  rig: CertificateRig,
  host: Omit<HostCertificate, "fingerprint" | "publicKey">,
  more: string[],
): Promise<void> {
  const { crt, key } = authority(rig);
  const listed = (option: string, values: string[]): string[] =>
    values.length > 0 ? [option, values.join(",")] : [];
  await mustRun(rig, [
    ...["sign", "-ca-crt", crt, "-ca-key", key, "-name", host.name],
    ...listed("-networks", host.networks),
    ...listed("-unsafe-networks", host.unsafeNetworks),
    ...listed("-groups", host.groups),
    ...more,
  ]);
}

const lasting = (ms: number | undefined): string[] =>
  ms === undefined ? [] : ["-duration", `${Math.round(ms)}ms`];

/** By `nebula-cert verify`: signed by the rig's CA, and valid at this moment. */
export const isValid = (rig: CertificateRig, pem: string): Promise<boolean> =>
  inScratch(rig, async (folder) => {
    const file = join(folder, "host.crt");
    await writeFile(file, pem);
    return (await run(rig, ["verify", "-ca", authority(rig).crt, "-crt", file])).exitCode === 0;
  });
