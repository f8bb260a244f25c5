/** Fewer probes than this within a window say nothing about a share. */
const LEAST = 5;

/** Share of failed probes within a sliding window. */
export class ErrorWindow {
  private readonly overMs: number;
  private probes: { at: number; ok: boolean }[] = [];
  private beganAt: number | undefined;

  constructor(overMs: number) {
    this.overMs = overMs;
  }

  add(at: number, ok: boolean): void {
    this.beganAt ??= at;
    this.probes.push({ at, ok });
    this.probes = this.probes.filter((probe) => probe.at > at - this.overMs);
  }

  /** Undefined until the window is full, or where too little was asked. */
  share(): number | undefined {
    const last = this.probes.at(-1)?.at;
    if (last === undefined || this.beganAt === undefined) return undefined;
    if (last - this.beganAt < this.overMs || this.probes.length < LEAST) return undefined;
    return this.probes.filter(({ ok }) => !ok).length / this.probes.length;
  }
}
