import { expect } from "chai";

import { foldersOf, parseLoaderList } from "./debian-program.ts";

describe("a program out of Debian's packages", () => {
  it("takes the libraries that the loader found below the root, and none of this machine", () => {
    const text = [
      "\tlinux-vdso.so.1 (0x00007ffd1)",
      "\tlibssl.so.3 => /t/root/usr/lib/x86_64-linux-gnu/libssl.so.3 (0x00007f1)",
      "\tlibc.so.6 => /t/root/lib/x86_64-linux-gnu/libc.so.6 (0x00007f2)",
      "\tlibother.so.1 => /usr/lib/libother.so.1 (0x00007f3)",
      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f4)",
    ].join("\n");
    expect(parseLoaderList(text, "/t/root")).to.deep.equal([
      "usr/lib/x86_64-linux-gnu/libssl.so.3",
      "lib/x86_64-linux-gnu/libc.so.6",
    ]);
  });

  it("names every folder before what lies in it", () => {
    expect(foldersOf(["usr/sbin/x", "usr/lib/a/y"])).to.deep.equal([
      "usr/",
      "usr/lib/",
      "usr/lib/a/",
      "usr/sbin/",
    ]);
  });
});
