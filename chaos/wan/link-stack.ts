import type { LinkParams } from "../../harness/config/model.ts";
import { effectiveParams, type LinkLayer, type LinkMoment, type Span } from "./link-history.ts";
import type { DirectedLink, LinkDirection, WanEngine } from "./wan-engine.ts";

/**
 * Link parameters in layers, so that faults can be in force at the same time and end in any order. In each direction a
 * later layer replaces those parameters that it names, and leaves the others as they are below it; `{}` names none.
 * It keeps a timed history, by which receipts know what to expect of each probe.
 */
export class LinkStack {
  readonly engine: WanEngine;
  private layers: readonly LinkLayer[] = [];
  private readonly moments: LinkMoment[] = [{ askedAt: -Infinity, inForceAt: -Infinity, layers: [] }];
  private readonly bursts: (LinkDirection & { span: Span })[] = [];
  private last: Promise<void> = Promise.resolve();

  constructor(engine: WanEngine) {
    this.engine = engine;
  }

  /** What all layers together ask for in one direction. */
  effective(direction: LinkDirection): LinkParams {
    return effectiveParams(this.layers, direction);
  }

  /** Whether there is a layer of this name. */
  has(name: string): boolean {
    return this.layers.some((layer) => layer.name === name);
  }

  /** Every state of the layers since the beginning, oldest first. */
  get history(): readonly LinkMoment[] {
    return this.moments;
  }

  /** Puts a layer on top, or changes the one of this name where it lies; in force when this resolves. */
  set(name: string, links: readonly DirectedLink[]): Promise<void> {
    return this.change((layers) => {
      const index = layers.findIndex((layer) => layer.name === name);
      const changed = { name, links };
      return index < 0 ? [...layers, changed] : layers.with(index, changed);
    });
  }

  /** Takes a layer away; nothing if there is none. */
  remove(name: string): Promise<void> {
    return this.change((layers) => layers.filter((layer) => layer.name !== name));
  }

  /** Tells receipts that probes of their own filled this direction for a while, so that others leave that time out. */
  disturbed({ from, to }: LinkDirection, span: Span): void {
    this.bursts.push({ from, to, span });
  }

  /** When one of these directions was filled by a probe. */
  disturbances(directions: readonly LinkDirection[]): Span[] {
    const concerns = (burst: LinkDirection): boolean =>
      directions.some(({ from, to }) => from === burst.from && to === burst.to);
    return this.bursts.filter(concerns).map(({ span }) => span);
  }

  /** One change after the other, so that history and engine agree about their order. */
  private change(next: (layers: readonly LinkLayer[]) => readonly LinkLayer[]): Promise<void> {
    const made = this.last.then(() => this.apply(next(this.layers)));
    this.last = made.catch(() => undefined);
    return made;
  }

  private async apply(layers: readonly LinkLayer[]): Promise<void> {
    const changed = [...this.layers, ...layers].filter(
      (layer) => !this.layers.includes(layer) || !layers.includes(layer),
    );
    if (changed.length === 0) return;
    this.layers = layers;
    const moment: LinkMoment = { askedAt: Date.now(), inForceAt: Infinity, layers };
    this.moments.push(moment);
    const once = new Map(
      changed.flatMap(({ links }) => links.map(({ from, to }) => [`${from}\0${to}`, { from, to }])),
    );
    await this.engine.apply([...once.values()].map((link) => ({ ...link, params: this.effective(link) })));
    moment.inForceAt = Date.now();
  }
}
