import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { rigError } from "../../harness/errors.ts";
import { ControlServer } from "./control-server.ts";
import type { WanRoute } from "./egress-end.ts";
import { JoinedWanClient } from "./joined-wan-client.ts";
import { MemoryDriver } from "./testing.ts";
import { WanClient } from "./wan-client.ts";
import type { DirectedLink } from "./wan-engine.ts";

const NAMES = ["a", "b", "c"];
const TIMES = { retryMs: 20, serviceMs: 150, tryMs: 500 };

/** A node that can lose its service, its power and its way to the tester. */
class Node {
  readonly name: string;
  readonly route: WanRoute;
  driver = new MemoryDriver();
  boots = 1;
  reachable = true;
  private readonly path: string;
  private server: ControlServer | undefined;

  constructor(name: string, folder: string) {
    this.name = name;
    this.path = join(folder, `${name}.sock`);
    this.route = {
      name,
      connect: async () => {
        if (!this.reachable) throw rigError("NODE_UNREACHABLE", "no answer");
        const socket = connect(this.path);
        await once(socket, "connect");
        return socket;
      },
      answers: () => Promise.resolve(this.reachable),
    };
  }

  async start(): Promise<void> {
    this.server = await ControlServer.start(this.path, this.driver, NAMES, `boot-${this.boots}`);
  }

  async stop(): Promise<void> {
    await this.server?.close();
    this.server = undefined;
  }

  /** As the node's guard does: over a connection of its own. */
  async undoLease(): Promise<void> {
    const own = await WanClient.connect(connect(this.path));
    await own.clear();
    await own.close();
  }

  /** As after a boot: nothing is in force. */
  async comeBack(): Promise<void> {
    this.boots++;
    this.driver = new MemoryDriver();
    await this.start();
    this.reachable = true;
  }
}

const link = (from: string, to: string, delayMs: number): DirectedLink => ({ from, to, params: { delayMs } });
const ALL = [link("a", "b", 1), link("b", "c", 2), link("c", "a", 3)];
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("The WAN services of all nodes as one engine", () => {
  let folder: string;
  let nodes: Node[];
  let wan: JoinedWanClient;
  const node = (name: string): Node => nodes.find((one) => one.name === name)!;
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "epwt-"));
    nodes = NAMES.map((name) => new Node(name, folder));
    await Promise.all(nodes.map((one) => one.start()));
    wan = await JoinedWanClient.connect(
      nodes.map((one) => one.route),
      TIMES,
    );
  });

  afterEach(async () => {
    await wan.close();
    await Promise.all(nodes.map((one) => one.stop()));
    await rm(folder, { recursive: true });
  });

  it("gives each node what that node sends, and says what is in force on all of them", async () => {
    await wan.apply(ALL);
    expect(await node("b").driver.inForce()).to.deep.equal([link("b", "c", 2)]);
    expect(await wan.inForce()).to.deep.equal(ALL);
    await wan.clear();
    expect(await wan.inForce()).to.deep.equal([]);
  });

  it("refuses impossible links before any node hears of them", async () => {
    const error = await failure(wan.apply([...ALL, link("a", "d", 1)]));
    expect(error).to.include({ code: "wan-link-invalid", exitCode: 64 });
    expect(nodes.map(({ driver }) => driver.applied)).to.deep.equal([0, 0, 0]);
  });

  it("is all or nothing: where one node fails, the others get back what they had, and the node is named", async () => {
    await wan.apply([link("a", "b", 7)]);
    node("b").driver.onApply = () => Promise.reject(rigError("wan-command-failed", "tc said no"));
    const error = await failure(wan.apply(ALL));
    expect(error).to.include({ code: "wan-command-failed", message: "b: tc said no", where: "b" });
    node("b").driver.onApply = () => Promise.resolve();
    expect(await wan.inForce()).to.deep.equal([link("a", "b", 7)]);
  });

  it("clears every node it can reach, also where one fails", async () => {
    await wan.apply(ALL);
    node("a").driver.onApply = () => Promise.reject(new Error("stuck"));
    expect(String(await failure(wan.clear()))).to.contain("a: stuck");
    expect(await node("b").driver.inForce()).to.deep.equal([]);
    expect(await node("c").driver.inForce()).to.deep.equal([]);
    node("a").driver.onApply = () => Promise.resolve();
  });

  it("names the node whose service cannot be had at the start, and lets go of the others", async () => {
    await node("c").stop();
    const routes = nodes.map((one) => one.route);
    expect(await failure(JoinedWanClient.connect(routes, TIMES))).to.include({ where: "c" });
  });

  it("dies by the service that ends while its machine goes on, and says whose it was", async () => {
    const died = new Promise<string>((resolve) => wan.onDeath(({ message }) => resolve(message)));
    await wan.apply(ALL);
    await node("b").stop();
    expect(await died).to.equal("the WAN service of b ended");
    expect(await failure(wan.apply(ALL))).to.include({ code: "wan-engine-dead", where: "b" });
  });

  it("dies by the service that starts anew while links were in force there", async () => {
    const died = new Promise<string>((resolve) => wan.onDeath(({ message }) => resolve(message)));
    await wan.apply(ALL);
    await node("c").stop();
    await node("c").start();
    expect(await died).to.equal("the WAN service of c started anew while links were in force there");
  });

  it("goes on where a service starts anew that had nothing in force", async () => {
    const back = new Promise<string[]>((resolve) =>
      wan.watch({ onBack: (...what) => resolve(what.map(String)) }),
    );
    await wan.apply([link("a", "b", 1)]);
    await node("c").stop();
    await node("c").start();
    const [name, , how] = await back;
    expect([name, how]).to.deep.equal(["c", "restarted"]);
    await wan.apply(ALL);
    expect(await wan.inForce()).to.deep.equal(ALL);
  });

  it("puts in force on a machine that booted what is to be there, also what was asked for while it was away", async () => {
    const told: string[] = [];
    wan.watch({
      onAway: (name) => told.push(`${name} away`),
      onBack: (name, _, how) => told.push(`${name} ${how}`),
    });
    wan.onDeath(({ message }) => told.push(message));
    await wan.apply(ALL);
    node("b").reachable = false;
    await node("b").stop();
    await until(() => told.length > 0);
    await wan.apply([link("b", "a", 9)]);
    await wan.apply([link("a", "c", 4)]);
    await node("b").comeBack();
    await until(async () => (await node("b").driver.inForce()).length === 2);
    expect(await node("b").driver.inForce()).to.deep.equal([link("b", "c", 2), link("b", "a", 9)]);
    await until(() => told.length > 1);
    expect(told).to.deep.equal(["b away", "b rebooted"]);
    expect(await wan.inForce()).to.have.length(5);
  });

  it("puts in force again what a node took away by itself after it was away, and dies where it never was", async () => {
    const told: string[] = [];
    wan.watch({ onBack: (name, _, how) => told.push(`${name} ${how}`) });
    const died = new Promise<string>((resolve) => wan.onDeath(({ message }) => resolve(message)));
    await wan.apply(ALL);
    node("b").reachable = false;
    await node("b").stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await node("b").comeBack();
    await until(() => told.length > 0);
    await node("b").undoLease();
    await until(() => told.length > 1);
    expect(told).to.deep.equal(["b rebooted", "b cleared"]);
    expect(await node("b").driver.inForce()).to.deep.equal([link("b", "c", 2)]);
    await node("a").undoLease();
    expect(await died).to.equal("the WAN service of a took away what was in force, as its lease ended");
  });

  it("tells the silence of one node with its name", async () => {
    const silent = new Promise<string | undefined>((resolve) => wan.watch({ onSilence: resolve }));
    node("c").driver.alive = () => new Promise(() => undefined);
    expect(await silent).to.equal("c");
  });
});
