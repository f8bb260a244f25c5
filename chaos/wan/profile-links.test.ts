import { expect } from "chai";
import { profileLinks } from "./profile-links.ts";

describe("A profile as directed links", () => {
  const members = [
    { name: "cloud-1", site: "cloud" },
    { name: "pi-1", site: "home" },
    { name: "pi-2", site: "home" },
    { name: "tester", site: "tester" },
  ];
  const profile = {
    name: "cld",
    description: "",
    betweenSites: { delayMs: 2 },
    towardsTester: { delayMs: 12.5, jitterMs: 2.5 },
  };
  const links = profileLinks(members, profile, [
    { from: "cloud", to: "home", params: { loss: 0.1 } },
    { from: "tester", to: "cloud", params: {} },
  ]);
  const params = (from: string, to: string) =>
    links.find((link) => link.from === from && link.to === to)?.params;

  it("covers every ordered pair once", () => {
    expect(new Set(links.map(({ from, to }) => `${from} ${to}`)).size).to.equal(12);
    expect(links).to.have.length(12);
  });

  it("asks nothing within a site", () => {
    expect(params("pi-1", "pi-2")).to.deep.equal({});
  });

  it("tells the tester's links from those between sites, in both directions", () => {
    expect(params("pi-1", "tester")).to.deep.equal(profile.towardsTester);
    expect(params("tester", "pi-1")).to.deep.equal(profile.towardsTester);
    expect(params("pi-1", "cloud-1")).to.deep.equal({ delayMs: 2 });
  });

  it("lets an override replace one direction", () => {
    expect(params("cloud-1", "pi-2")).to.deep.equal({ loss: 0.1 });
    expect(params("tester", "cloud-1")).to.deep.equal({});
    expect(params("cloud-1", "tester")).to.deep.equal(profile.towardsTester);
  });
});
