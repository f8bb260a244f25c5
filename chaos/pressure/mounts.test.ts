import { expect } from "chai";

import { mountOf, parseMounts } from "./mounts.ts";

const MOUNTINFO = `664 581 0:191 / / rw,relatime shared:336 master:304 - overlay overlay rw,lowerdir=/l
682 664 0:215 / /run rw,nosuid - tmpfs tmpfs rw
734 664 254:0 /var/lib/docker/x /var/lib/kubelet rw,relatime shared:356 - ext4 /dev/vda rw
735 664 254:0 / /mnt/a\\040b rw - ext4 /dev/vda rw
736 664 0:300 / /mnt/a\\040b rw - tmpfs tmpfs rw
`;

describe("the mount of a path", () => {
  const mounts = parseMounts(MOUNTINFO);
  const of = (path: string) => mountOf(path, mounts);

  it("is the deepest one above it, of its own name or a folder's", () => {
    expect(of("/run/edgeproof/x")).to.include({ path: "/run", type: "tmpfs", device: "0:215", root: "/" });
    expect(of("/run")?.path).to.equal("/run");
    expect(of("/running")?.path).to.equal("/");
    expect(of("/var/lib/kubelet/pods")).to.include({
      device: "254:0",
      type: "ext4",
      root: "/var/lib/docker/x",
    });
  });

  it("is the last of those that cover one another, with its blanks", () => {
    expect(of("/mnt/a b/c")).to.include({ path: "/mnt/a b", type: "tmpfs" });
  });
});
