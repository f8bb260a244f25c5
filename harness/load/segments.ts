/**
 * A part of a load that one of several k6 processes offers: a k6 execution segment
 * (https://grafana.com/docs/k6/latest/using-k6/k6-options/reference/#execution-segment). A constant arrival rate of equal
 * parts is dealt out slot by slot: the first process has slots 0, n, 2n, ..., the second 1, n + 1, ..., so that all
 * together have each slot once, whatever the rate.
 */
export interface Segment {
  /** From 0. */
  index: number;
  of: number;
}

export const segmentsOf = (count: number): Segment[] =>
  Array.from({ length: count }, (_, index) => ({ index, of: count }));

const point = (at: number, of: number): string => (at === 0 ? "0" : at === of ? "1" : `${at}/${of}`);

/** k6's arguments for a part; none for the whole. */
export function segmentArguments({ index, of }: Segment): string[] {
  if (of === 1) return [];
  const points = Array.from({ length: of + 1 }, (_, at) => point(at, of));
  return [
    `--execution-segment=${points[index]}:${points[index + 1]}`,
    `--execution-segment-sequence=${points.join(",")}`,
  ];
}

/** How many of so many slots a part has. */
export const slotsOf = (planned: number, { index, of }: Segment): number =>
  Math.max(0, Math.ceil((planned - index) / of));
