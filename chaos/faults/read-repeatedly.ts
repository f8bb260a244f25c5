/** Reads again and again until stopped, and once more then; undefined where a reading failed. */
export function readRepeatedly<T>(
  read: () => Promise<T>,
  intervalMs: number,
): { stop(): Promise<(T | undefined)[]> } {
  const seen: (T | undefined)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const once = async (): Promise<void> => {
    seen.push(await read().catch(() => undefined));
  };
  const loop = async (): Promise<void> => {
    await once();
    if (!stopped)
      timer = setTimeout(() => {
        running = loop();
      }, intervalMs);
  };
  let running = loop();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await once();
      return seen;
    },
  };
}
