const REPEAT_MS = 10_000;

/** Says what several machines that work at the same time are still at, every ten seconds, and when each is done. */
export class SlowSteps implements Disposable {
  private readonly say: (message: string) => void;
  private readonly timer: NodeJS.Timeout;
  private readonly began = performance.now();
  private readonly under = new Set<string>();

  constructor(say: (message: string) => void, repeatMs = REPEAT_MS) {
    this.say = say;
    this.timer = setInterval(() => this.tell(), repeatMs);
  }

  /** Returns what tells of its end. */
  begin(machine: string): (became: string) => void {
    this.under.add(machine);
    return (became) => {
      this.under.delete(machine);
      this.say(`${machine} ${became} (${this.seconds()})`);
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  private tell(): void {
    if (this.under.size > 0) this.say(`still cleaning ${[...this.under].join(", ")} (${this.seconds()})`);
  }

  private seconds(): string {
    return `${((performance.now() - this.began) / 1000).toFixed(0)} s`;
  }
}
