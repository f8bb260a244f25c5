import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { stringify } from "yaml";

import { ConfigError } from "./config-error.ts";
import { loadInventory } from "./inventory.ts";

const good = () => ({
  name: "lab",
  defaults: { user: "pi", key: "~/.ssh/id_ed25519" } as Record<string, unknown>,
  nodes: [
    { name: "cloud-1", role: "server", address: "203.0.113.7", user: "root", port: 2222 },
    {
      name: "pi-1",
      role: "agent",
      address: "pi.example.org",
      underlay: "198.51.100.4",
      proxyJump: "me@gate:2200",
    },
    { name: "laptop", role: "tester", address: "192.0.2.3" },
  ] as Record<string, unknown>[],
});

describe("an inventory", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-inventory-"))));
  after(() => rmSync(folder, { recursive: true }));

  const load = (value: unknown) => {
    const file = join(folder, "inventory.yaml");
    writeFileSync(file, stringify(value));
    return loadInventory(file);
  };
  const refusal = (value: unknown): ConfigError => {
    try {
      load(value);
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigError);
      return error as ConfigError;
    }
    throw new Error("it was taken");
  };
  /** The good one with one value of its second node changed. */
  const withValue = (key: string, value: unknown) => {
    const inventory = good();
    inventory.nodes[1]![key] = value;
    return inventory;
  };

  it("gives every node how ssh reaches it, with the defaults of all", () => {
    const { nodes, onNodeLost, knownHosts } = load(good());
    expect(nodes[0]).to.include({
      address: "203.0.113.7",
      underlay: "203.0.113.7",
      user: "root",
      port: 2222,
    });
    expect(nodes[1]).to.deep.include({
      user: "pi",
      port: 22,
      key: join(homedir(), ".ssh/id_ed25519"),
      underlay: "198.51.100.4",
      proxyJump: { user: "me", host: "gate", port: 2200 },
    });
    expect([onNodeLost, knownHosts]).to.deep.equal(["rollback", undefined]);
  });

  it("finds keys and host keys beside itself", () => {
    const { knownHosts, nodes } = load({
      ...good(),
      knownHosts: "known_hosts",
      defaults: { key: "keys/id" },
    });
    expect([knownHosts, nodes[2]?.key]).to.deep.equal([join(folder, "known_hosts"), join(folder, "keys/id")]);
  });

  const HOSTILE = [
    "-oProxyCommand=touch /tmp/x",
    "-l",
    "a b",
    "a;reboot",
    "$(reboot)",
    "`reboot`",
    "a|b",
    "a\nProxyCommand reboot",
    "%h",
    'a"b',
    "a'b",
    "a\\b",
    "${HOME}",
    "a#b",
    "",
  ];
  for (const key of ["name", "address", "user", "proxyJump", "underlay"])
    it(`refuses a ${key} that ssh or a shell could read as anything but a ${key}`, () => {
      for (const value of HOSTILE) {
        const { problems } = refusal(withValue(key, value));
        expect(problems[0]?.where, value).to.match(/inventory\.yaml:\d+:\d+$/);
      }
    });

  it("refuses paths of keys with options, tokens of ssh, quotes or commands, and takes spaces", () => {
    for (const value of HOSTILE.filter((each) => each !== "a b")) refusal(withValue("key", value));
    expect(load(withValue("key", "my keys/id")).nodes[1]?.key).to.equal(join(folder, "my keys/id"));
  });

  it("has no place for a password", () => {
    const { problems } = refusal(withValue("password", "x"));
    expect(problems[0]?.message).to.include("unknown key");
  });

  it("shows every problem with its place, and what was probably meant", () => {
    const inventory = good();
    inventory.nodes[0]!.role = "sever";
    inventory.nodes[1]!.adress = "x";
    const text = refusal(inventory).format();
    expect(text).to.include("did you mean `server`?").and.include("did you mean `address`?");
  });

  it("needs one server, a tester, names of their own and machines of their own", () => {
    const inventory = good();
    inventory.nodes.push({ ...inventory.nodes[0]! });
    expect(refusal(inventory).format())
      .to.include("two nodes are called `cloud-1`")
      .and.include("two nodes are the same machine")
      .and.include("several nodes are the server");
    const without = good();
    without.nodes.pop();
    expect(refusal(without).message).to.equal("no node is the tester");
  });

  it("needs an address by which other nodes reach a node that ssh knows by name", () => {
    const inventory = good();
    delete inventory.nodes[1]!.underlay;
    expect(refusal(inventory).format()).to.include("add `underlay:`");
  });
});
