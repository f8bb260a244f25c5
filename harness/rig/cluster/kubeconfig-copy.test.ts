import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { parse, stringify } from "yaml";

import { chooseContext } from "./kubeconfig-copy.ts";
import { refusalOf } from "../../testing.ts";

describe("a context of a kubeconfig", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-kubeconfig-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (user: object, more: object = {}): string => {
    const file = join(folder, "config");
    const content = {
      "current-context": "lab",
      clusters: [
        { name: "a", cluster: { server: "https://a:6443", "certificate-authority": "ca.crt" } },
        { name: "b", cluster: { server: "https://b:6443" } },
      ],
      users: [
        { name: "me", user },
        { name: "other", user: { token: "others" } },
      ],
      contexts: [
        { name: "lab", context: { cluster: "a", user: "me" } },
        { name: "far", context: { cluster: "b", user: "other" } },
      ],
      ...more,
    };
    writeFileSync(file, stringify(content));
    writeFileSync(join(folder, "ca.crt"), "the ca");
    return file;
  };
  it("needs no other file, and holds nothing of another context", () => {
    writeFileSync(join(folder, "me.key"), "the key");
    writeFileSync(join(folder, "token"), "a token\n");
    const { context, server, text } = chooseContext(write({ "client-key": "me.key", tokenFile: "token" }));
    expect([context, server]).to.deep.equal(["lab", "https://a:6443"]);
    const { users, clusters } = parse(text);
    const base64 = (content: string): string => Buffer.from(content).toString("base64");
    expect(users).to.deep.equal([
      { name: "user", user: { "client-key-data": base64("the key"), token: "a token" } },
    ]);
    expect(clusters[0].cluster["certificate-authority-data"]).to.equal(base64("the ca"));
    expect(text).not.to.contain("others");
  });

  it("takes another than the current one by its name", () => {
    expect(chooseContext(write({}), "far").server).to.equal("https://b:6443");
  });

  it("lets a plugin's relative path begin at the kubeconfig, and its bare name be found by PATH", () => {
    const commandOf = (command: string): string =>
      parse(chooseContext(write({ exec: { command, args: ["token"] } })).text).users[0].user.exec.command;
    expect(commandOf("./bin/login")).to.equal(join(folder, "bin/login"));
    expect(commandOf("aws")).to.equal("aws");
  });

  it("is refused with those that there are where it is not there", () => {
    const { code, expected, where } = refusalOf(() => chooseContext(write({}), "home"));
    expect([code, expected]).to.deep.equal(["KUBECONFIG_CONTEXT", "one of lab, far"]);
    expect(where).to.contain("config");
    expect(refusalOf(() => chooseContext(write({}, { "current-context": "" }))).message).to.contain(
      "no current",
    );
  });

  it("is refused where the file, or one that it names, cannot be read", () => {
    expect(refusalOf(() => chooseContext(join(folder, "none"))).code).to.equal("KUBECONFIG");
    expect(refusalOf(() => chooseContext(write({ "client-key": "gone" }))).message).to.contain("gone");
  });
});
