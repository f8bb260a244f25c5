/** One echo request: when it was sent (ms since the epoch, the probing machine's clock) and its answer, if any. */
export interface Probe {
  sequence: number;
  sentAt: number;
  /** Undefined when no answer came. */
  rttMs: number | undefined;
}

/** Bytes of a ping with its headers from IP on. */
export const PING_BYTES = 84;

export interface ProbeSeries {
  from: string;
  to: string;
  /** Settled probes only: those that had the full time to be answered. */
  probes: Probe[];
  /** Answers beyond the first. */
  duplicates: number;
}

const ANSWER = /^\[(\d+\.\d+)\] \d+ bytes from .* icmp_seq=(\d+) .*time=([\d.]+) ms/;
const NO_ANSWER_YET = /^\[(\d+\.\d+)\] no answer yet for icmp_seq=(\d+)/;
const SEQUENCES = 2 ** 16;

/**
 * Reads the lines of `ping -n -D -O` (iputils). With -O ping says "no answer yet" for a request when it sends the
 * next one, so that what was sent is known also when nothing comes back and ping is killed.
 */
export class PingOutput {
  private readonly intervalMs: number;
  private readonly probes = new Map<number, Probe>();
  private lastSequence = 0;
  private lastAt = 0;
  private duplicates = 0;

  constructor(intervalMs: number) {
    this.intervalMs = intervalMs;
  }

  readonly line = (text: string): void => {
    const answer = ANSWER.exec(text);
    if (answer) return this.answered(at(answer), this.unwrap(Number(answer[2])), Number(answer[3]));
    const silence = NO_ANSWER_YET.exec(text);
    if (silence) this.sent(at(silence), this.unwrap(Number(silence[2])));
  };

  private sent(printedAt: number, sequence: number): void {
    this.lastAt = Math.max(this.lastAt, printedAt);
    if (this.probes.has(sequence)) return;
    this.probes.set(sequence, { sequence, sentAt: printedAt - this.intervalMs, rttMs: undefined });
  }

  private answered(printedAt: number, sequence: number, rttMs: number): void {
    this.lastAt = Math.max(this.lastAt, printedAt);
    if (this.probes.get(sequence)?.rttMs !== undefined) this.duplicates++;
    else this.probes.set(sequence, { sequence, sentAt: printedAt - rttMs, rttMs });
  }

  /** ICMP's sequence number has 16 bits; takes the one next to the last seen. */
  private unwrap(sequence: number): number {
    const laps = Math.round((this.lastSequence - sequence) / SEQUENCES);
    const unwrapped = sequence + laps * SEQUENCES;
    this.lastSequence = Math.max(this.lastSequence, unwrapped);
    return unwrapped;
  }

  /**
   * What is certain: the probes sent at least `graceMs` before the last line, answered or not. Later ones are left out
   * whether answered or not; to count only their answers would make the loss look smaller.
   */
  settled(graceMs: number): { probes: Probe[]; duplicates: number } {
    const probes = [...this.probes.values()]
      .filter(({ sentAt }) => sentAt <= this.lastAt - graceMs)
      .sort((a, b) => a.sequence - b.sequence);
    return { probes, duplicates: this.duplicates };
  }
}

const at = (match: RegExpExecArray): number => Number(match[1]) * 1000;
