import { expect } from "chai";

import { INSTANCES_PER_RIG, inotifyNeed } from "./inotify.ts";

describe("the kernel's limit of inotify instances", () => {
  it("is no trouble while one more rig fits", () => {
    expect(inotifyNeed(128, 128 - INSTANCES_PER_RIG).state).to.equal("ok");
  });

  it("is told, with the setting that raises it, before a kubelet fails for it", () => {
    const need = inotifyNeed(128, 120);
    expect(need).to.include({ state: "missing" });
    expect(need.detail).to.contain("120 of 128 in use");
    expect(need.fix).to.contain("fs.inotify.max_user_instances=512");
  });
});
