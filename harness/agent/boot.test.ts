import { expect } from "chai";

import { TestNamespace, whyNoNamespace } from "../setup/testing.ts";

describe("the boot of a real machine of a cluster", () => {
  const why = whyNoNamespace();
  let machine: TestNamespace;
  beforeEach(async function () {
    if (why !== undefined) return this.skip();
    machine = await TestNamespace.create();
    for (const words of ["link add up0 type veth peer name up1", "addr add 192.0.2.7/24 dev up0"])
      await machine.run(`ip ${words}`);
    for (const link of ["up0", "up1"]) await machine.run(`ip link set ${link} up`);
  });
  afterEach(async () => {
    if (why === undefined) await machine.destroy();
  });

  const boot = (address: string): Promise<string> =>
    machine.module(`
      import { boot } from "./harness/agent/boot.ts";
      boot({ real: true, services: { cidr: "10.43.0.0/16", address: "${address}" } });
    `);
  const own = async (): Promise<string> => (await machine.run("ip route show proto 237")).join("\n").trim();

  for (const [what, address] of [
    ["", "192.0.2.7"],
    [", also behind a NAT", "203.0.113.9"],
  ] as const)
    it(`gives services a route where the machine has none to them${what}`, async function () {
      this.timeout(20_000);
      for (const time of ["once", "twice"]) {
        await boot(address);
        expect(await own(), time).to.match(/^10\.43\.0\.0\/16 dev up0 scope link\s*$/);
      }
      expect((await machine.run("ip route get 10.43.0.10"))[0]).to.include("dev up0");
    });

  it("leaves a machine with a default route as it is", async function () {
    this.timeout(20_000);
    await machine.run("ip route add default via 192.0.2.1");
    await boot("192.0.2.7");
    expect(await own()).to.equal("");
  });
});
