import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { findProgram } from "../../../setup/find-program.ts";
import { shellQuote } from "./shell-quote.ts";
import { hostAlias, sshConfig } from "./ssh-config.ts";

describe("ssh's configuration for an inventory", () => {
  /** What ssh itself makes of it. */
  const readBack = (alias: string): Record<string, string> => {
    const folder = mkdtempSync(join(tmpdir(), "edgeproof-config-"));
    try {
      const file = join(folder, "config");
      const host = {
        ...{ machine: "pi-1", address: "pi.example.org", user: "pi", port: 2222, key: "/my keys/id" },
        proxyJump: { user: "me", host: "gate", port: 2200 },
      };
      writeFileSync(file, sshConfig([host], "/lab/known hosts"));
      const printed = execFileSync("ssh", ["-G", "-F", file, "--", alias], { encoding: "utf8" });
      return Object.fromEntries(
        printed.split("\n").map((line) => [line.split(" ")[0]!, line.split(" ").slice(1).join(" ")]),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  before(function () {
    if (!findProgram("ssh")) this.skip();
  });

  it("is read by ssh as it is meant", () => {
    expect(readBack(hostAlias("pi-1"))).to.include({
      hostname: "pi.example.org",
      port: "2222",
      user: "pi",
      identityfile: "/my keys/id",
      proxyjump: "edgeproof-pi-1-jump",
    });
  });

  it("insists on known host keys and asks nobody, for a jump host, too", () => {
    for (const alias of [hostAlias("pi-1"), `${hostAlias("pi-1")}-jump`])
      expect(readBack(alias)).to.include({
        stricthostkeychecking: "true",
        batchmode: "yes",
        passwordauthentication: "no",
        forwardagent: "no",
        updatehostkeys: "false",
      });
    expect(readBack(`${hostAlias("pi-1")}-jump`)).to.include({ hostname: "gate", user: "me", port: "2200" });
  });
});

describe("a command for a remote shell", () => {
  it("reaches its program word by word, whatever is in a word", () => {
    const words = ["", "a b", "$(id)", "`id`", "a'b'c", '"', "\\", "a\nb", ";reboot", "*", "-x", "~", "!!"];
    const command = shellQuote(["printf", "%s\\0", ...words]);
    const printed = execFileSync("/bin/sh", ["-c", command], { encoding: "utf8" });
    expect(printed.split("\0").slice(0, -1)).to.deep.equal(words);
  });
});
