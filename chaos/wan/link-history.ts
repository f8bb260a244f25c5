import type { LinkParams } from "../../harness/config/model.ts";
import { UNIFORM_HALF_WIDTH } from "./impairment/jitter-shape.ts";
import type { DirectedLink, LinkDirection } from "./wan-engine.ts";

export interface LinkLayer {
  readonly name: string;
  readonly links: readonly DirectedLink[];
}

/** A state of the layers, in force from `inForceAt` (Infinity: never seen to be) until the next one was asked for. */
export interface LinkMoment {
  /** ms since the epoch, the tester's clock. */
  readonly askedAt: number;
  inForceAt: number;
  readonly layers: readonly LinkLayer[];
}

/** ms since the epoch. */
export interface Span {
  from: number;
  to: number;
}

/** Time in which the parameters of some directions did not change. */
export interface LinkPeriod extends Span {
  /** One for each direction asked about. */
  params: LinkParams[];
  /** The same if the layer asked about were not there. */
  without: LinkParams[];
}

const indexes = new WeakMap<readonly DirectedLink[], Map<string, LinkParams[]>>();

/** A layer's links never change, and are asked for each of their directions: looked through, that is their square. */
function byDirection(links: readonly DirectedLink[]): ReadonlyMap<string, LinkParams[]> {
  const known = indexes.get(links);
  if (known) return known;
  const index = new Map<string, LinkParams[]>();
  for (const { from, to, params } of links) {
    const key = `${from}\0${to}`;
    const there = index.get(key);
    if (there) there.push(params);
    else index.set(key, [params]);
  }
  indexes.set(links, index);
  return index;
}

/**
 * What layers ask for in one direction, without the layer of a name. What they mean only together is made to fit:
 * jitter is cut to what the delay has room for, and nothing is reordered or jittered without a delay.
 */
export function effectiveParams(
  layers: readonly LinkLayer[],
  { from, to }: LinkDirection,
  without?: string,
): LinkParams {
  const own = layers
    .filter(({ name }) => name !== without)
    .flatMap(({ links }) => byDirection(links).get(`${from}\0${to}`) ?? []);
  const params = Object.assign({}, ...own) as LinkParams;
  const { delayMs = 0, jitterMs, jitterShape } = params;
  const room = jitterShape === "uniform" ? delayMs / UNIFORM_HALF_WIDTH : delayMs;
  if (jitterMs !== undefined && jitterMs > room) params.jitterMs = room;
  if (delayMs === 0) {
    delete params.jitterMs;
    delete params.jitterShape;
    delete params.reorder;
  }
  return params;
}

/**
 * The periods of some directions, oldest first; the last one goes on (`to` is Infinity). Changes that leave these
 * directions as they are do not end one. Between two periods it is uncertain what was in force.
 */
export function linkPeriods(
  history: readonly LinkMoment[],
  directions: readonly LinkDirection[],
  layer: string | undefined,
): LinkPeriod[] {
  const periods: LinkPeriod[] = [];
  for (const [index, { inForceAt, layers }] of history.entries()) {
    if (inForceAt === Infinity) continue;
    const params = directions.map((direction) => effectiveParams(layers, direction));
    const without = directions.map((direction) => effectiveParams(layers, direction, layer));
    const to = history[index + 1]?.askedAt ?? Infinity;
    const last = periods.at(-1);
    const same = last && periodKey(last) === periodKey({ params, without });
    if (same && history[index - 1]?.inForceAt !== Infinity) last.to = to;
    else periods.push({ from: inForceAt, to, params, without });
  }
  return periods;
}

/** Equal for periods with the same parameters. */
export const periodKey = ({ params, without }: Pick<LinkPeriod, "params" | "without">): string =>
  JSON.stringify([params, without].map((list) => list.map((one) => Object.entries(one).sort())));
