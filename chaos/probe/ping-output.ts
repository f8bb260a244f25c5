/** One echo request: when it was sent (ms since the epoch) and its answer, if any. */
export interface Probe {
  sequence: number;
  sentAt: number;
  /** Undefined when no answer came. */
  rttMs: number | undefined;
}

/** Bytes of an ordinary echo request with its headers from IP on. */
export const PING_BYTES = 84;

export interface ProbeSeries {
  from: string;
  to: string;
  /** Settled probes only: those that had the full time to be answered. */
  probes: Probe[];
  /** Answers beyond the first. */
  duplicates: number;
}

const ANSWER = /^\[(\d+\.\d+)\] \S+ +: \[(\d+)\], \d+ bytes, ([\d.]+) ms/;
const SILENCE = /^\[(\d+\.\d+)\] \S+ +: \[(\d+)\], timed out/;
const DUPLICATE = /duplicate for \[\d+\]/;

/** Reads the lines of `fping -D` in loop or count mode: one for each answer, and one when an answer's time is over. */
export class PingOutput {
  private readonly timeoutMs: number;
  private readonly probes = new Map<number, Probe>();
  private lastAt = 0;
  private duplicates = 0;

  /** @param timeoutMs fping's `-t` */
  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  readonly line = (text: string): void => {
    if (DUPLICATE.test(text)) this.duplicates++;
    const answer = ANSWER.exec(text);
    if (answer) return this.add(Number(answer[1]) * 1000, Number(answer[2]), Number(answer[3]));
    const silence = SILENCE.exec(text);
    if (silence) this.add(Number(silence[1]) * 1000, Number(silence[2]), undefined);
  };

  private add(printedAt: number, sequence: number, rttMs: number | undefined): void {
    this.lastAt = Math.max(this.lastAt, printedAt);
    if (this.probes.get(sequence)?.rttMs !== undefined) return;
    this.probes.set(sequence, { sequence, sentAt: printedAt - (rttMs ?? this.timeoutMs), rttMs });
  }

  /**
   * Every probe; for an fping that ended by itself, which waits for all of them. A request of which no line tells was
   * lost, too: in loop mode fping keeps as many timers as fit into the timeout, and on a busy machine a late one is
   * overwritten before it fires.
   */
  all(): { probes: Probe[]; duplicates: number } {
    const told = [...this.probes.values()].sort((a, b) => a.sequence - b.sequence);
    const probes = told.flatMap((probe, index) => {
      const last = told[index - 1];
      if (last === undefined) return [probe];
      const interval = (probe.sentAt - last.sentAt) / (probe.sequence - last.sequence);
      const silent = Array.from({ length: probe.sequence - last.sequence - 1 }, (_, step) => ({
        sequence: last.sequence + step + 1,
        sentAt: last.sentAt + (step + 1) * interval,
        rttMs: undefined,
      }));
      return [...silent, probe];
    });
    return { probes, duplicates: this.duplicates };
  }

  /**
   * What is certain of an fping that was stopped: the probes sent a full timeout before the last line, answered or not.
   * Later ones are left out whether answered or not; to count only their answers would make the loss look smaller.
   */
  settled(): { probes: Probe[]; duplicates: number } {
    const { probes, duplicates } = this.all();
    return { probes: probes.filter(({ sentAt }) => sentAt <= this.lastAt - this.timeoutMs), duplicates };
  }
}
