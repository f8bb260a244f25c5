/** What the client asks of a store. Every call rejects as its transport does; `outcome.ts` says what that means. */
export interface ObjectStore {
  /** Makes what objects are put into; nothing where it is there. */
  prepare(signal: AbortSignal): Promise<void>;
  put(key: string, body: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Undefined: no such object. */
  get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Every key that begins with the prefix. */
  list(prefix: string, signal: AbortSignal): Promise<string[]>;
}
