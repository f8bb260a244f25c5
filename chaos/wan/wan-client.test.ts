import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ControlServer } from "./control-server.ts";
import { MemoryDriver } from "./testing.ts";
import { WanClient } from "./wan-client.ts";

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("The WAN service seen from the harness", () => {
  let folder: string;
  let driver: MemoryDriver;
  let server: ControlServer;
  let wan: WanClient;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "epwt-"));
    driver = new MemoryDriver();
    server = await ControlServer.start(join(folder, "wan.sock"), driver, ["a", "b", "c"]);
    wan = await WanClient.connect(connect(join(folder, "wan.sock")));
  });

  afterEach(async () => {
    await wan.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  it("says which back end it is", () => {
    expect([wan.backend, wan.realtime]).to.deep.equal(["userspace", "denied"]);
  });

  it("applies links, says what is in force and clears it", async () => {
    await wan.apply([{ from: "a", to: "b", params: { delayMs: 5 } }]);
    await wan.apply([{ from: "b", to: "a", params: { loss: 1 } }]);
    expect(await wan.inForce()).to.deep.equal([
      { from: "a", to: "b", params: { delayMs: 5 } },
      { from: "b", to: "a", params: { loss: 1 } },
    ]);
    await wan.clear();
    expect(await wan.inForce()).to.deep.equal([]);
    expect((await wan.totals()).unknown).to.equal(3);
  });

  it("refuses impossible links before it sends them", async () => {
    const error = await failure(wan.apply([{ from: "a", to: "b", params: { loss: 2 } }]));
    expect(error).to.include({ code: "wan-link-invalid", exitCode: 64 });
  });

  it("carries the service's errors with their details", async () => {
    driver.onApply = () => Promise.reject(new Error("tc said no"));
    expect(await failure(wan.apply([]))).to.include({ message: "tc said no", exitCode: 3 });
  });

  it("rejects what waits when the service goes away, and says so once", async () => {
    const deaths: string[] = [];
    wan.onDeath((error) => deaths.push(error.code));
    driver.onApply = () => new Promise(() => undefined);
    const waiting = failure(wan.apply([]));
    const later = failure(wan.inForce());
    await server.close();
    expect(await waiting).to.include({ code: "wan-engine-dead" });
    expect(await later).to.include({ code: "wan-engine-dead" });
    expect(await failure(wan.ping())).to.include({ code: "wan-engine-dead" });
    expect(deaths).to.deep.equal(["wan-engine-dead"]);
  });

  async function restart(): Promise<void> {
    await wan.close();
    await server.close();
    server = await ControlServer.start(join(folder, "wan.sock"), driver, ["a", "b"]);
    wan = await WanClient.connect(connect(join(folder, "wan.sock")));
  }
  const died = (): Promise<string> =>
    new Promise((resolve) => wan.onDeath(({ message }) => resolve(message)));

  it("is noticed within a second when it says that its back end does not work any more", async () => {
    await restart();
    wan.watch();
    await wan.ping();
    const began = performance.now();
    driver.alive = () => Promise.reject(new Error("the packet thread is stuck"));
    expect(await died()).to.contain("packet thread is stuck");
    expect(performance.now() - began).to.be.below(1000);
    driver.alive = () => Promise.resolve();
  });

  it("is noticed within a second when it stands still, and dead when it stays so", async () => {
    await restart();
    const silence = new Promise<void>((resolve) => wan.watch({ onSilence: () => resolve() }));
    await wan.ping();
    const began = performance.now();
    driver.alive = () => new Promise<void>(() => undefined);
    await silence;
    expect(performance.now() - began).to.be.below(1000);
    expect(await died()).to.match(/did not answer "ping" within 5 s/);
    driver.alive = () => Promise.resolve();
  });

  it("is not dead when it was only late", async () => {
    await restart();
    const told: string[] = [];
    const late = new Promise<number>((resolve) =>
      wan.watch({ onSilence: () => told.push("silent"), onAnswer: resolve }),
    );
    driver.alive = () => new Promise((resolve) => setTimeout(resolve, 900));
    expect(await late).to.be.within(850, 5000);
    driver.alive = () => Promise.resolve();
    expect(told).to.deep.equal(["silent"]);
    await wan.ping();
  });

  it("is not watched any more once that was stopped", async () => {
    const deaths: string[] = [];
    wan.onDeath(({ code }) => deaths.push(code));
    wan.watch()();
    driver.alive = () => Promise.reject(new Error("stuck"));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(deaths).to.deep.equal([]);
  });

  it("does not start twice at one socket", async () => {
    const second = ControlServer.start(join(folder, "wan.sock"), driver, []);
    expect(await failure(second)).to.include({ code: "wan-already-running" });
  });
});
