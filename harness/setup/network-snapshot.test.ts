import { expect } from "chai";

import { TestNamespace, whyNoNamespace } from "./testing.ts";

const TAKE = `import { takeSnapshot } from "./harness/setup/network-snapshot.ts";
  console.log(JSON.stringify(await takeSnapshot()));`;
const restore = (snapshot: string): string =>
  `import { restoreSnapshot } from "./harness/setup/network-snapshot.ts"; await restoreSnapshot(${snapshot});`;

/** Everything happens in a network namespace of the test's own. */
describe("the host's network around an engine of our own", function () {
  this.timeout(60_000);
  let host: TestNamespace;

  before(function () {
    const reason = whyNoNamespace();
    if (!reason) return;
    console.log(`skipped: ${reason}`);
    this.skip();
  });
  beforeEach(async () => {
    host = await TestNamespace.create();
    await host.run("nft add table ip filter");
    await host.run("nft add chain ip filter mine");
    await host.run("nft add rule ip filter mine tcp dport 22 accept");
    await host.run("ip link add docker0 type bridge");
    await host.run("ip link add br-lan type bridge");
  });
  afterEach(() => host?.destroy());

  const addTables = async (...tables: string[]): Promise<void> => {
    for (const table of tables) await host.run(`nft add table ${table}`);
  };
  const addLinks = async (...links: string[]): Promise<void> => {
    for (const link of links) await host.run(`ip link add ${link} type bridge`);
  };
  const tables = () => host.run("nft list tables");
  const links = async () => (await host.run("ip -o link")).map((line) => line.split(": ")[1]);
  const forwarding = () => host.run("sysctl -n net.ipv4.ip_forward net.ipv4.conf.default.forwarding");

  it("is as it was once what dockerd made is removed: tables, bridges, links, switches", async () => {
    await host.run("sysctl -q -w net.ipv4.ip_forward=0");
    const state = async () => [await host.run("nft list ruleset"), await links(), await forwarding()];
    const before = await state();
    const snapshot = await host.module(TAKE);
    await addTables("ip nat", "ip raw", "ip6 filter");
    await addLinks("br-0123456789ab", "veth12ab34c");
    await host.run("sysctl -q -w net.ipv4.ip_forward=1");
    await host.module(restore(snapshot));
    expect(await state()).to.deep.equal(before);
    await host.module(restore(snapshot));
    expect(await state(), "a second time").to.deep.equal(before);
  });

  it("keeps what others made meanwhile, and what was there before with all that is in it", async () => {
    const snapshot = await host.module(TAKE);
    await addTables("inet firewalld", "ip mine", "ip nat");
    await host.run("nft add chain ip filter later");
    const foreign = ["docker01", "br-home", "veth-lab", "veth12ab34cd", "podman0"];
    await addLinks(...foreign);
    await host.module(restore(snapshot));
    expect(await tables()).to.have.members(["table ip filter", "table inet firewalld", "table ip mine"]);
    const filter = (await host.run("nft list table ip filter")).join("\n");
    expect(filter).to.contain("tcp dport 22 accept").and.to.contain("chain later");
    expect(await links()).to.include.members(["docker0", "br-lan", ...foreign]);
  });

  it("loses nothing where it was not known what was there before", async () => {
    const noPrograms = `process.env.PATH = "/nowhere"; ${TAKE}`;
    const snapshot = await host.module(noPrograms);
    await host.module(restore(snapshot));
    expect(await tables()).to.deep.equal(["table ip filter"]);
    expect(await links()).to.include.members(["docker0", "br-lan"]);
  });

  it("keeps forwarding on where it was on", async () => {
    await host.run("sysctl -q -w net.ipv4.ip_forward=1");
    const snapshot = await host.module(TAKE);
    await host.module(restore(snapshot));
    expect(await forwarding()).to.deep.equal(["1", "1"]);
  });
});
