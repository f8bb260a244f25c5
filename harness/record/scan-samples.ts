import { closeSync, openSync, readSync } from "node:fs";

import type { Sample } from "./load.ts";
import type { GroupBuilder, GroupsBuilder } from "./request-groups.ts";
import { sampleSchema } from "./schema.ts";

/** A line that is no sample: where it begins in the file, and what is wrong with it. */
export class BadSample extends Error {
  readonly offset: number;

  constructor(offset: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.offset = offset;
  }
}

const READ = 4 * 1024 * 1024;
const NEWLINE = 10;
const COMMA = 44;
const DOT = 46;
const ZERO = 48;
const STARTED = Buffer.from('"startedAt":');
const DURATION = Buffer.from('"durationMs":');
/** Where every request has an ending of its own, nothing is gained by keeping them. */
const MOST_TAILS = 4096;
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/** What requests that differ only in their times have after these: `"outcome":...}`, to the end of the line. */
interface Tail {
  bytes: Buffer;
  outcome: Sample["outcome"];
  builder: GroupBuilder;
}

/** The same up to their times. */
interface Head {
  bytes: Buffer;
  tails: Map<number, Tail[]>;
  known: number;
}

/**
 * Reads lines of samples into groups by their bytes: lines of a run differ in little but three numbers, so that what is
 * before and after these is understood once (by JSON and the schema) and then only compared. A line of another layout
 * goes the slow way; nothing is taken for granted.
 */
export class SampleScanner {
  private readonly groups: GroupsBuilder;
  private readonly heads: Head[] = [];
  private bytes: Buffer = Buffer.alloc(0);
  /** Of the number that was read last: the place behind it. */
  private next = 0;

  constructor(groups: GroupsBuilder) {
    this.groups = groups;
  }

  /**
   * Lines that begin in [from, to) of a file; one that has no newline was cut off and is left out.
   *
   * @throws BadSample
   */
  scan(file: string, from: number, to: number): void {
    const fd = openSync(file, "r");
    try {
      let buffer = Buffer.allocUnsafe(READ);
      let filled = 0;
      // One byte before, to tell whether `from` is the beginning of a line.
      let at = Math.max(0, from - 1);
      let skip = from > 0;
      for (;;) {
        if (filled === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
        const got = readSync(fd, buffer, filled, buffer.length - filled, at + filled);
        if (got === 0) return;
        filled += got;
        this.bytes = buffer;
        let begin = 0;
        for (;;) {
          if (!skip && at + begin >= to) return;
          const end = skip ? -1 : this.quick(begin, filled);
          if (end >= 0) {
            begin = end;
            continue;
          }
          const newline = buffer.subarray(0, filled).indexOf(NEWLINE, begin);
          if (newline < 0) break;
          if (!skip) this.slow(begin, newline, at + begin);
          skip = false;
          begin = newline + 1;
        }
        buffer.copyWithin(0, begin, filled);
        at += begin;
        filled -= begin;
      }
    } finally {
      closeSync(fd);
    }
  }

  /** The place after the line's newline, or -1 where the line has a layout that is not known yet, or no end. */
  private quick(begin: number, end: number): number {
    for (const head of this.heads) {
      if (!this.has(head.bytes, begin, end)) continue;
      const intendedAt = this.number(begin + head.bytes.length, end);
      if (!this.has(STARTED, this.next, end)) return -1;
      if (Number.isNaN(this.number(this.next + STARTED.length, end))) return -1;
      if (!this.has(DURATION, this.next, end)) return -1;
      const durationMs = this.number(this.next + DURATION.length, end);
      if (Number.isNaN(intendedAt) || Number.isNaN(durationMs)) return -1;
      return this.tail(head, this.next, end, intendedAt, durationMs);
    }
    return -1;
  }

  private tail(head: Head, begin: number, end: number, intendedAt: number, durationMs: number): number {
    const { bytes } = this;
    let hash = 0;
    let at = begin;
    while (at < end && bytes[at] !== NEWLINE) hash = (Math.imul(hash, 31) + bytes[at++]!) | 0;
    if (at === end) return -1;
    const length = at - begin;
    for (const tail of head.tails.get(hash) ?? []) {
      if (tail.bytes.length !== length || !this.has(tail.bytes, begin, end)) continue;
      tail.builder.add(tail.outcome, intendedAt, durationMs);
      return at + 1;
    }
    return -1;
  }

  private has(wanted: Buffer, begin: number, end: number): boolean {
    const { length } = wanted;
    if (begin + length > end) return false;
    const { bytes } = this;
    for (let i = 0; i < length; i++) if (bytes[begin + i] !== wanted[i]) return false;
    return true;
  }

  /**
   * A decimal number that a comma follows; NaN for anything else. Up to 2^53 digits and their power of ten are exact
   * doubles, and so their quotient is the number's nearest one (Clinger, How to Read Floating Point Numbers Accurately,
   * PLDI 1990); others are left to the language.
   */
  private number(begin: number, end: number): number {
    const { bytes } = this;
    let digits = 0;
    let point = -1;
    let at = begin;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte >= ZERO && byte <= ZERO + 9) digits = digits * 10 + (byte - ZERO);
      else if (byte === DOT && point < 0) point = at;
      else break;
    }
    let value = point < 0 ? digits : digits / POWERS[at - point - 1]!;
    if (
      at === begin ||
      digits >= Number.MAX_SAFE_INTEGER ||
      at - begin > POWERS.length ||
      bytes[at] !== COMMA
    ) {
      while (at < end && bytes[at] !== COMMA && bytes[at] !== NEWLINE) at++;
      const text = bytes.toString("latin1", begin, at);
      value = bytes[at] === COMMA && text !== "" ? Number(text) : NaN;
    }
    this.next = at + 1;
    return value;
  }

  private slow(begin: number, newline: number, offset: number): void {
    const text = this.bytes.toString("utf8", begin, newline);
    const sample = parsed(text, offset);
    const builder = this.groups.builderOf(sample);
    builder.add(sample.outcome, sample.intendedAt, sample.durationMs);
    this.learn(text, sample, builder);
  }

  /** What is to be compared from now on, if the line is laid out as lines of samples are. */
  private learn(text: string, sample: Sample, builder: GroupBuilder): void {
    const { phase, fn, intendedAt, startedAt, durationMs, ...rest } = sample;
    const head = `${JSON.stringify({ phase, fn }).slice(0, -1)},"intendedAt":`;
    const tail = JSON.stringify(rest).slice(1);
    const times = `${intendedAt},"startedAt":${startedAt},"durationMs":${durationMs},`;
    if (text !== head + times + tail) return;
    let known = this.heads.find(({ bytes }) => bytes.equals(Buffer.from(head)));
    if (!known) {
      known = { bytes: Buffer.from(head), tails: new Map(), known: 0 };
      this.heads.unshift(known);
    }
    if (known.known++ >= MOST_TAILS) return;
    const bytes = Buffer.from(tail);
    let hash = 0;
    for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
    const alike = known.tails.get(hash) ?? [];
    alike.push({ bytes, outcome: sample.outcome, builder });
    known.tails.set(hash, alike);
  }
}

function parsed(text: string, offset: number): Sample {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BadSample(offset, "not a line of JSON", cause);
  }
  const checked = sampleSchema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new BadSample(
    offset,
    issue ? `${issue.path.join(".") || "the value"}: ${issue.message}` : "not valid",
  );
}
