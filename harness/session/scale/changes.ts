/** Lets others wait until something holds, by being told of every change instead of asking again and again. */
export class Changes {
  private readonly waiting = new Set<() => void>();

  /** Something changed. */
  tell(): void {
    for (const look of this.waiting) look();
  }

  /** Resolves with true once `holds`, with false at the time limit. @throws the signal's reason once aborted */
  async until(holds: () => boolean, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (holds()) return true;
    return new Promise<boolean>((resolve, reject) => {
      const forget = (): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        signal.removeEventListener("abort", abort);
      };
      const end = (result: boolean): void => {
        forget();
        resolve(result);
      };
      const look = (): void => (holds() ? end(true) : undefined);
      const timer = setTimeout(() => end(false), timeoutMs);
      const abort = (): void => {
        forget();
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", abort);
      this.waiting.add(look);
    });
  }
}
