import { availableParallelism } from "node:os";

interface Waiting {
  weight: number;
  start: () => void;
}

/** Runs jobs, the lightest that waits first, with at most `width` at once. */
class BuildQueue {
  readonly #width: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(width: number) {
    this.#width = width;
  }

  async run<T>(weight: number, job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#turn(weight);
    try {
      signal?.throwIfAborted();
      return await job();
    } finally {
      this.#running--;
      this.#startNext();
    }
  }

  #turn(weight: number): Promise<void> {
    return new Promise((start) => {
      this.#waiting.push({ weight, start });
      this.#waiting.sort((a, b) => a.weight - b.weight);
      // Later, so that of jobs that are queued in one go the lightest begins, and not the first.
      queueMicrotask(() => this.#startNext());
    });
  }

  #startNext(): void {
    while (this.#running < this.#width && this.#waiting.length > 0) {
      this.#running++;
      this.#waiting.shift()!.start();
    }
  }
}

/**
 * One for the process. Go uses every core inside one build, but a build's beginning (downloads) and end (linking) do
 * not, and a second one fills them; a third only makes the first result later.
 */
export const buildQueue = new BuildQueue(Math.max(2, Math.min(4, availableParallelism() >> 1)));
