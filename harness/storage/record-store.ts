import type { ObjectStore } from "./object-store.ts";
import type { RecordAddress } from "./plan.ts";

/** An answer that says no. */
class RecordStoreError extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(`${status} ${text.trim()}`);
    this.status = status;
  }
}

/** The program that appends fsync'd records to a file on a volume: `fixtures/storage/cmd/record-log`. */
export class RecordStore implements ObjectStore {
  private readonly endpoint: string;

  constructor({ endpoint }: RecordAddress) {
    this.endpoint = endpoint;
  }

  async prepare(signal: AbortSignal): Promise<void> {
    await this.list("", signal);
  }

  async put(key: string, body: Uint8Array, signal: AbortSignal): Promise<void> {
    await (
      await this.ask(`records/${encodeURIComponent(key)}`, signal, { method: "PUT", body })
    ).arrayBuffer();
  }

  async get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(
        await (await this.ask(`records/${encodeURIComponent(key)}`, signal)).arrayBuffer(),
      );
    } catch (error) {
      if (error instanceof RecordStoreError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list(prefix: string, signal: AbortSignal): Promise<string[]> {
    const keys = (await (await this.ask("records", signal)).json()) as string[];
    return keys.filter((key) => key.startsWith(prefix));
  }

  private async ask(path: string, signal: AbortSignal, init: RequestInit = {}): Promise<Response> {
    const answer = await fetch(`${this.endpoint}/${path}`, { ...init, signal });
    if (answer.ok) return answer;
    throw new RecordStoreError(answer.status, await answer.text());
  }
}
