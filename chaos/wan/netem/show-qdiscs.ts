import { parseQdiscs, type QdiscStatus } from "./netem-status.ts";
import { tc } from "./tc.ts";

/** The qdiscs of all interfaces, with what they counted. */
export const showAllQdiscs = async (): Promise<QdiscStatus[]> =>
  parseQdiscs(await tc(["-s", "-j", "qdisc", "show"]));
