import { removeDuplicates } from "./duplicates.ts";
import { FormerQdiscs } from "./former-qdiscs.ts";
import { deleteRoot } from "./netem-commands.ts";
import { isOurRoot } from "./netem-status.ts";
import { showAllQdiscs } from "./show-qdiscs.ts";
import { tc } from "./tc.ts";

/** All that the netem back end leaves on a machine, in either layout. */
export class NetemTraces {
  readonly former: FormerQdiscs;

  constructor(former: FormerQdiscs) {
    this.former = former;
  }

  /**
   * Removes our trees wherever they are, also those that a killed service left, and sees to it that the interfaces have
   * the qdiscs that they had. Any number of times; foreign qdiscs stay.
   */
  async remove(): Promise<void> {
    await removeDuplicates();
    for (const qdisc of await showAllQdiscs())
      if (isOurRoot(qdisc) && qdisc.dev !== undefined) await tc(deleteRoot(qdisc.dev));
    await this.former.restore();
  }
}

/** Of the service that listens, or listened, at `socket`: what it must put back is written beside it. */
export const netemTraces = (socket: string): NetemTraces =>
  new NetemTraces(new FormerQdiscs(`${socket}.qdiscs`));
