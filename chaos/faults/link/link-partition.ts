import { z } from "zod";

import { defineLinkFault, everywhere } from "./define-link-fault.ts";

export const linkPartition = defineLinkFault({
  name: "link-partition",
  summary: "Lets nothing through in the directions of the target: one way, both ways, or between sites.",
  parameters: z.strictObject({}),
  proof:
    "Numbered datagrams in each direction: none arrives where the link is cut, and all in the other direction of a one-way cut; the overlay is recorded beside it.",
  limits: ["Nebula finds another way through a relay where there is one: the overlay may go on."],
  example: `- fault: link-partition
  target: { from: cloud-1, to: pi4-1 }`,
  timeline: (_, directions) => ({ first: everywhere(directions, { loss: 1 }) }),
});
