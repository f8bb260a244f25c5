import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readServiceConfig } from "./service-config.ts";

describe("The WAN service's configuration", () => {
  let file: string;
  before(async () => (file = join(await mkdtemp(join(tmpdir(), "epwt-")), "wan.json")));
  after(() => rm(join(file, ".."), { recursive: true }));

  const good = {
    members: [
      { name: "a", address: "198.18.1.10" },
      { name: "b", address: "198.18.2.10" },
    ],
    backend: "auto",
    seed: 1,
  };
  const read = async (config: object): Promise<unknown> => {
    await writeFile(file, JSON.stringify(config));
    return readServiceConfig(file).catch((error: unknown) => error);
  };

  it("is read, with the usual socket", async () => {
    expect(await read(good)).to.deep.equal({
      ...{ ...good, socket: "/run/edgeproof/wan.sock", egress: undefined },
    });
  });

  it("is that of a node, with ssh's port left alone, where it says which one", async () => {
    const { egress } = (await read({ ...good, egress: { self: "a" } })) as { egress: unknown };
    expect(egress).to.deep.equal({ self: "a", controlPorts: [22], idleMs: 30_000 });
  });

  const bad: [string, object, string][] = [
    ["one machine", { members: good.members.slice(1) }, "members"],
    ["an unknown back end", { backend: "magic" }, "magic"],
    ["no seed", { seed: null }, "seed"],
    ["an address twice", { members: [good.members[0], { name: "c", address: "198.18.1.10" }] }, "twice"],
    [
      "an alias that is taken",
      { members: [good.members[0], { ...good.members[1], aliases: ["198.18.1.10"] }] },
      "twice",
    ],
    ["a node that is no member", { egress: { self: "c" } }, 'egress.self "c"'],
    ["no port", { egress: { self: "a", controlPorts: [0] } }, "egress.controlPorts [0]"],
    ["userspace on a node", { backend: "userspace", egress: { self: "a" } }, "backend userspace with egress"],
    ["no address", { members: [good.members[0], { name: "c", address: "pi" }] }, "not an IPv4 address"],
  ];
  for (const [what, change, message] of bad) {
    it(`is refused with ${what}`, async () => {
      expect(await read({ ...good, ...change }))
        .to.be.an("error")
        .with.property("message")
        .that.contains(message);
    });
  }
});
