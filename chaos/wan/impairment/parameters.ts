import type { LinkParams } from "../../../harness/config/model.ts";
import { JITTER_SHAPES } from "./jitter-shape.ts";

/** Where a parameter of a direction lies in its block of numbers. Times in ms, probabilities 0..1. */
export const Field = {
  delay: 0,
  jitter: 1,
  loss: 2,
  burstEnter: 3,
  burstLeave: 4,
  duplicate: 5,
  reorder: 6,
  corrupt: 7,
  /** Bytes per millisecond; 0 for no limit. */
  rate: 8,
  /** Bytes that may wait for a rate-limited link. */
  queueBytes: 9,
  /** Index in `JITTER_SHAPES`. */
  jitterShape: 10,
  /** Longest IP packet, bytes; 0 for no limit. */
  mtu: 11,
} as const;

export const FIELDS_PER_DIRECTION = 12;

/** Full-size packet on the underlay, bytes. */
export const MTU_BYTES = 1500;

/** A rate-limited link queues this much of its own rate, ms, but never less than `MIN_QUEUE_PACKETS`. */
const QUEUE_MS = 100;
const MIN_QUEUE_PACKETS = 16;

/** Bytes that may wait in front of a link of this rate: 100 ms of it, at least 16 full-size packets. */
export const queueLimitBytes = (rateBps: number): number =>
  Math.max((rateBps / 8 / 1000) * QUEUE_MS, MIN_QUEUE_PACKETS * MTU_BYTES);

/** Writes `params` into `block` at `offset`; what is absent becomes 0, which is no impairment. */
export function encodeParams(params: LinkParams, block: Float64Array, offset: number): void {
  const rateBps = params.rateBps ?? 0;
  block[offset + Field.delay] = params.delayMs ?? 0;
  block[offset + Field.jitter] = params.jitterMs ?? 0;
  block[offset + Field.loss] = params.loss ?? 0;
  block[offset + Field.burstEnter] = params.burst?.enter ?? 0;
  block[offset + Field.burstLeave] = params.burst?.leave ?? 0;
  block[offset + Field.duplicate] = params.duplicate ?? 0;
  block[offset + Field.reorder] = params.reorder ?? 0;
  block[offset + Field.corrupt] = params.corrupt ?? 0;
  block[offset + Field.rate] = rateBps / 8000;
  block[offset + Field.queueBytes] = rateBps > 0 ? queueLimitBytes(rateBps) : 0;
  block[offset + Field.jitterShape] = JITTER_SHAPES.indexOf(params.jitterShape ?? "normal");
  block[offset + Field.mtu] = params.mtuBytes ?? 0;
}

/** The inverse of `encodeParams`, without the parameters that impair nothing. */
export function decodeParams(block: Float64Array, offset: number): LinkParams {
  const at = (field: number): number => block[offset + field] ?? 0;
  const params: LinkParams = {};
  if (at(Field.delay) > 0) params.delayMs = at(Field.delay);
  if (at(Field.jitter) > 0) params.jitterMs = at(Field.jitter);
  const shape = JITTER_SHAPES[at(Field.jitterShape)];
  if (at(Field.jitter) > 0 && shape && shape !== "normal") params.jitterShape = shape;
  if (at(Field.loss) > 0) params.loss = at(Field.loss);
  if (at(Field.burstEnter) > 0) params.burst = { enter: at(Field.burstEnter), leave: at(Field.burstLeave) };
  if (at(Field.duplicate) > 0) params.duplicate = at(Field.duplicate);
  if (at(Field.reorder) > 0) params.reorder = at(Field.reorder);
  if (at(Field.corrupt) > 0) params.corrupt = at(Field.corrupt);
  if (at(Field.rate) > 0) params.rateBps = Math.round(at(Field.rate) * 8000);
  if (at(Field.mtu) > 0) params.mtuBytes = at(Field.mtu);
  return params;
}
