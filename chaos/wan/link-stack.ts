import type { LinkParams } from "../../harness/config/model.ts";
import type { DirectedLink, LinkDirection, WanEngine } from "./wan-engine.ts";

/**
 * Link parameters in layers, so that faults can be in force at the same time and end in any order. In each direction a
 * later layer replaces those parameters that it names, and leaves the others as they are below it; `{}` names none.
 */
export class LinkStack {
  readonly engine: WanEngine;
  private readonly layers: { name: string; links: readonly DirectedLink[] }[] = [];

  constructor(engine: WanEngine) {
    this.engine = engine;
  }

  /** What all layers together ask for in one direction. */
  effective({ from, to }: LinkDirection): LinkParams {
    const own = this.layers.flatMap(({ links }) =>
      links.filter((link) => link.from === from && link.to === to),
    );
    return Object.assign({}, ...own.map(({ params }) => params)) as LinkParams;
  }

  /** Puts a layer on top, or changes the one of this name where it lies; in force when this resolves. */
  async set(name: string, links: readonly DirectedLink[]): Promise<void> {
    const known = this.layers.find((layer) => layer.name === name);
    const before = known?.links ?? [];
    if (known) known.links = links;
    else this.layers.push({ name, links });
    await this.apply([...before, ...links]);
  }

  /** Takes a layer away; nothing if there is none. */
  async remove(name: string): Promise<void> {
    const index = this.layers.findIndex((layer) => layer.name === name);
    if (index < 0) return;
    const [removed] = this.layers.splice(index, 1);
    await this.apply(removed?.links ?? []);
  }

  private async apply(directions: readonly LinkDirection[]): Promise<void> {
    const once = new Map(directions.map(({ from, to }) => [`${from}\0${to}`, { from, to }]));
    await this.engine.apply([...once.values()].map((link) => ({ ...link, params: this.effective(link) })));
  }
}
