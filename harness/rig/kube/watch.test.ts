import { once } from "node:events";
import { type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";

import { eventually } from "../../agent/testing.ts";
import { type RunningWatch, type WatchHandlers, follow, watchUntil } from "./watch.ts";

const PATH = "/api/v1/namespaces/edgeproof/pods";

const pod = (uid: string, version: number): V1Pod => ({
  metadata: { uid, name: uid, resourceVersion: String(version) },
});

/** Speaks the list and watch protocol; the test says what there is and what happens. */
class ApiServer {
  pods: V1Pod[] = [];
  version = 1;
  lists = 0;
  /** The query of every watch that was asked for. */
  readonly watches: URLSearchParams[] = [];
  /** Answers instead of the list or the watch, while set. */
  failWith: number | undefined;
  private watcher: ServerResponse | undefined;
  private readonly server: Server = createServer((request, response) => {
    const { searchParams, pathname } = new URL(request.url ?? "", "http://x");
    if (this.failWith !== undefined || pathname !== PATH)
      return void response.writeHead(this.failWith ?? 404).end();
    if (searchParams.get("watch") === "true") {
      this.watches.push(searchParams);
      this.watcher = response;
      response.once("close", () => this.watcher === response && (this.watcher = undefined));
      return response.flushHeaders();
    }
    this.lists++;
    const list = { kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: String(this.version) } };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ...list, items: this.pods }));
  });

  async start(): Promise<KubeConfig> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    const config = new KubeConfig();
    const { port } = this.server.address() as AddressInfo;
    // The client takes plain HTTP only so.
    const cluster = { name: "test", server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
    config.loadFromClusterAndUser(cluster, { name: "user" });
    return config;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  get watched(): boolean {
    return this.watcher !== undefined;
  }

  send(type: string, object: object): void {
    this.watcher?.write(`${JSON.stringify({ type, object })}\n`);
  }

  /** As an API server does after some minutes. */
  endWatch(): void {
    this.watcher?.end();
  }

  cutWatch(): void {
    this.watcher?.destroy();
  }
}

describe("a watch of the Kubernetes API, against a server over HTTP", function () {
  this.timeout(15_000);
  let api: ApiServer;
  let config: KubeConfig;
  let running: RunningWatch | undefined;
  const seen: string[] = [];
  const errors: Error[] = [];

  beforeEach(async () => {
    api = new ApiServer();
    config = await api.start();
    seen.length = 0;
    errors.length = 0;
  });
  afterEach(() => {
    running?.stop();
    api.stop();
  });

  const list = () => config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: "edgeproof" });
  const start = (query: Record<string, string> = {}): RunningWatch => {
    const handlers: WatchHandlers<V1Pod> = {
      onEvent: (event, { metadata }) => seen.push(`${event} ${metadata?.uid}`),
      onError: (error) => errors.push(error),
    };
    return (running = follow<V1Pod>(config, PATH, list, handlers, query));
  };

  it("gives what is there, then what changes, stamped with the tester's clock", async () => {
    api.pods = [pod("a", 3)];
    api.version = 7;
    const stamps: number[] = [];
    const began = Date.now();
    running = follow<V1Pod>(
      config,
      PATH,
      list,
      { onEvent: (_, __, at) => stamps.push(at) },
      { labelSelector: "x=y" },
    );
    await running.listed;
    expect(stamps).to.have.length(1);
    await eventually(() => api.watched);
    const asked = Object.fromEntries(api.watches[0]!);
    expect(asked).to.deep.include({
      resourceVersion: "7",
      allowWatchBookmarks: "true",
      labelSelector: "x=y",
    });
    api.send("ADDED", pod("b", 8));
    await eventually(() => stamps.length === 2);
    for (const at of stamps) expect(at).to.be.within(began, Date.now());
  });

  it("goes on where it was when the server ends the watch, without a new list", async () => {
    await start().listed;
    await eventually(() => api.watched);
    api.send("ADDED", pod("a", 5));
    api.send("BOOKMARK", pod("", 9));
    await eventually(() => seen.length === 1);
    api.endWatch();
    await eventually(() => api.watches.length === 2 && api.watched);
    expect(api.watches[1]!.get("resourceVersion")).to.equal("9");
    api.send("DELETED", pod("a", 10));
    await eventually(() => seen.length === 2);
    expect(seen).to.deep.equal(["ADDED a", "DELETED a"]);
    expect(api.lists).to.equal(1);
    expect(errors).to.deep.equal([]);
  });

  it("lists anew when its version is too old, and says what went meanwhile", async () => {
    api.pods = [pod("a", 1), pod("b", 1)];
    await start().listed;
    await eventually(() => api.watched);
    api.send("ADDED", pod("c", 2));
    await eventually(() => seen.length === 3);
    api.pods = [pod("b", 1), pod("d", 40)];
    api.version = 41;
    api.send("ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" });
    api.endWatch();
    await eventually(() => api.watches.length === 2);
    expect(api.watches[1]!.get("resourceVersion")).to.equal("41");
    expect(seen.slice(3)).to.have.members(["DELETED a", "DELETED c", "ADDED b", "ADDED d"]);
    expect(api.lists).to.equal(2);
  });

  it("tells of a connection that broke, and of a server that refuses, and takes up again", async () => {
    await start().listed;
    await eventually(() => api.watched);
    api.failWith = 503;
    api.cutWatch();
    await eventually(() => errors.length >= 2);
    api.pods = [pod("a", 2)];
    api.failWith = undefined;
    await eventually(() => seen.length === 1 && api.watched);
    expect(seen).to.deep.equal(["ADDED a"]);
  });

  it("is over after stop: nothing more is delivered or asked for", async () => {
    await start().listed;
    await eventually(() => api.watched);
    running?.stop();
    await eventually(() => !api.watched);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(api.watches).to.have.length(1);
    expect(seen).to.deep.equal([]);
    expect(errors).to.deep.equal([]);
  });

  it("never begins when it is stopped before its first list came", async () => {
    api.pods = [pod("a", 1)];
    start().stop();
    await eventually(() => api.lists === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([seen, api.watches]).to.deep.equal([[], []]);
  });

  it("until something holds: resolves then, and ends the watch", async () => {
    const done = watchUntil<V1Pod>(config, PATH, list, {
      timeoutMs: 5_000,
      onEvent: (event, { metadata }) => event === "MODIFIED" && metadata?.uid === "b",
    });
    await eventually(() => api.watched);
    api.send("MODIFIED", pod("a", 2));
    api.send("MODIFIED", pod("b", 3));
    await done;
    await eventually(() => !api.watched);
  });

  it("until something holds: says what did not come, where, in what time, and what went wrong", async () => {
    const never = { timeoutMs: 300, onEvent: () => false };
    const error = await watchUntil<V1Pod>(config, PATH, list, never).then(
      () => expect.fail("it resolved"),
      (cause: unknown) => cause as Error,
    );
    expect(error.message).to.contain(PATH).and.to.contain("300 ms");
    api.failWith = 401;
    const refused = await watchUntil<V1Pod>(config, PATH, list, never).catch(
      (cause: unknown) => cause as Error,
    );
    expect(String((refused as Error).cause)).to.contain("401");
  });

  it("until something holds: fails with the check's own error at once", async () => {
    api.pods = [pod("a", 1)];
    const onEvent = (): boolean => {
      throw new Error("pod a failed");
    };
    const error = await watchUntil<V1Pod>(config, PATH, list, { timeoutMs: 5_000, onEvent }).catch(String);
    expect(error).to.equal("Error: pod a failed");
  });
});
