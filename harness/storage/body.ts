import { createHash, randomBytes } from "node:crypto";

export const sha256 = (body: Uint8Array): string => createHash("sha256").update(body).digest("hex");

/** Longest text that says what a body is, with room. */
const LABEL_BYTES = 256;

/** Bodies that no two writes share, without making every byte anew: 8 MiB of random ones would cost more than the put. */
export class Bodies {
  private readonly noise: Buffer;

  constructor(largest: number) {
    this.noise = randomBytes(Math.max(largest, LABEL_BYTES));
  }

  /** @param sizeBytes At least 64, so that 16 random bytes and a word of what it is have room. */
  make(key: string, sizeBytes: number): { body: Buffer; hash: string } {
    const body = Buffer.from(this.noise.subarray(0, sizeBytes));
    randomBytes(16).copy(body);
    // As much of it as there is room for.
    body.write(` ${key} `, 16);
    return { body, hash: sha256(body) };
  }
}
