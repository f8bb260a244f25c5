import { expect } from "chai";
import { NetnsRig } from "../../netns/netns-rig.ts";
import { skipWithout } from "../conformance/bench.ts";
import { describeWanConformance } from "../conformance/wan-conformance.ts";
import { detectNetem } from "./detect-netem.ts";

describeWanConformance("netem");

/** Where the kernel has no netem `npm run test:vm` runs these in a virtual machine. */
describe("A kernel with netem", function () {
  this.timeout(60_000);
  let rig: NetnsRig | undefined;

  before(async function () {
    await skipWithout("netem", this);
  });
  afterEach(async () => {
    await rig?.destroy();
  });

  it("is known as one", async () => {
    expect(await detectNetem()).to.equal(true);
  });

  it("is what the WAN service takes if it may choose", async () => {
    rig = await NetnsRig.create(["a", "b"]);
    const wan = await rig.startWan("auto");
    expect(wan.backend).to.equal("netem");
    expect(rig.readyLine).to.equal("wan ready backend=netem realtime=kernel");
    await wan.close();
  });
});
