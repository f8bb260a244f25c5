/**
 * The seed of one direction: FNV-1a over run seed and both names, 53 bits from two rounds. Each direction of a link has
 * a generator of its own, so that no two directions drop the same packets.
 */
export function directionSeed(runSeed: number, from: string, to: string): number {
  const text = `${runSeed}\0${from}\0${to}`;
  const low = fnv1a(text, 0x811c9dc5);
  const high = fnv1a(text, low ^ 0x5bd1e995);
  return (high & 0x1fffff) * 2 ** 32 + low;
}

function fnv1a(text: string, start: number): number {
  let hash = start >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
