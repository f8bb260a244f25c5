import { z } from "zod";

import { loadProfiles } from "../../../harness/config/load.ts";
import { profileLinks } from "../../wan/profile-links.ts";
import { defineLinkFault, refuse } from "./define-link-fault.ts";

export const linkProfile = defineLinkFault({
  name: "link-profile",
  summary:
    "Puts a named network profile in force in the directions of the target; what it does not name stays as it was.",
  parameters: z.strictObject({
    profile: z
      .string({ error: "the name of a profile" })
      .describe("One of fixtures/profiles/profiles.yaml, such as lossy."),
  }),
  proof:
    "Delay, jitter and loss of each pair and each direction, as of link-delay, link-jitter and link-loss.",
  example: `- fault: link-profile
  target: { all: true }
  profile: lossy`,
  timeline({ profile: name }, directions, { rig }) {
    const profiles = loadProfiles();
    const profile = profiles.get(name);
    if (!profile)
      return refuse(
        "link-profile",
        `there is no profile ${name}`,
        `one of ${[...profiles.keys()].join(", ")}`,
      );
    const all = profileLinks(rig.machines, profile, []);
    return {
      first: all.filter((link) => directions.some(({ from, to }) => from === link.from && to === link.to)),
    };
  },
});
