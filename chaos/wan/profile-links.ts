import type { NetworkProfile, SiteLink } from "../../harness/config/model.ts";
import type { DirectedLink } from "./wan-engine.ts";

/** Name of the tester's site in a topology's links. */
const TESTER_SITE = "tester";

export interface SitedMember {
  name: string;
  /** Its site, `tester` for the tester. */
  site: string;
}

/**
 * A profile as directed links, one for every ordered pair of members, so that applying them replaces whatever was in
 * force: nothing within a site, `towardsTester` to and from the tester, `betweenSites` otherwise. An override (one
 * direction between two sites) takes the place of the profile's parameters as a whole; the last one counts.
 */
export function profileLinks(
  members: readonly SitedMember[],
  profile: NetworkProfile,
  overrides: readonly SiteLink[],
): DirectedLink[] {
  return members.flatMap((from) =>
    members
      .filter((to) => to !== from)
      .map((to) => {
        const override = overrides.findLast((link) => link.from === from.site && link.to === to.site);
        const params = override?.params ?? fromProfile(from.site, to.site, profile);
        return { from: from.name, to: to.name, params: { ...params } };
      }),
  );
}

function fromProfile(from: string, to: string, profile: NetworkProfile): NetworkProfile["betweenSites"] {
  if (from === to) return {};
  return from === TESTER_SITE || to === TESTER_SITE ? profile.towardsTester : profile.betweenSites;
}
