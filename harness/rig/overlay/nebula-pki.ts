import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { execa } from "execa";

import { rigError } from "../../errors.ts";
import { OVERLAY_PREFIX } from "../../config/nebula-layout.ts";

export interface OverlayIdentity {
  name: string;
  overlay: string;
  /** Networks behind this machine that others reach through it. */
  subnets: string[];
}

export interface NebulaFiles {
  ca: string;
  cert: string;
  key: string;
}

async function nebulaCert(program: string, args: string[]): Promise<void> {
  const done = await execa(program, args, { reject: false });
  if (done.failed)
    throw rigError("NEBULA_CERT", `nebula-cert ${args[0]} failed`, {
      where: program,
      cause: new Error(done.stderr || done.shortMessage || ""),
    });
}

/** A certificate authority and one certificate a machine, in `folder` (0700, keys 0600). */
export async function createNebulaPki(
  program: string,
  folder: string,
  rig: string,
  machines: readonly OverlayIdentity[],
): Promise<Map<string, NebulaFiles>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const caCert = join(folder, "ca.crt");
  const caKey = join(folder, "ca.key");
  await nebulaCert(program, ["ca", "-name", `edgeproof ${rig}`, "-out-crt", caCert, "-out-key", caKey]);
  await chmod(caKey, 0o600);
  const ca = await readFile(caCert, "utf8");
  const signed = machines.map(async ({ name, overlay, subnets }) => {
    const cert = join(folder, `${name}.crt`);
    const key = join(folder, `${name}.key`);
    const behind = subnets.length > 0 ? ["-unsafe-networks", subnets.join(",")] : [];
    const identity = ["-name", name, "-networks", `${overlay}/${OVERLAY_PREFIX}`, ...behind];
    await nebulaCert(program, [
      "sign",
      ...["-ca-crt", caCert, "-ca-key", caKey],
      ...identity,
      ...["-out-crt", cert, "-out-key", key],
    ]);
    await chmod(key, 0o600);
    return [name, { ca, cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") }] as const;
  });
  return new Map(await Promise.all(signed));
}
