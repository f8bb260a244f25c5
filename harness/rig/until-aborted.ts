/** Calls back with the reason when the signal is aborted, also where it is already. Disposed of, it listens no more. */
export function onAbort(signal: AbortSignal | undefined, work: (why: Error) => void): Disposable {
  const call = (): void => work(signal?.reason as Error);
  if (signal?.aborted) call();
  else signal?.addEventListener("abort", call, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener("abort", call) };
}

/** Rejects with the reason of an abort, and leaves the work to itself then: for what does not listen to the signal. */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  // It may fail later, with nobody there to hear it.
  work.catch(() => undefined);
  let reject: (why: Error) => void = () => undefined;
  const aborted = new Promise<never>((_, refuse) => (reject = refuse));
  using _abort = onAbort(signal, (why) => reject(why));
  return await Promise.race([work, aborted]);
}
