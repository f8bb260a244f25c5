import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";

import { expect } from "chai";

import { eventually } from "../agent/testing.ts";
import type { NodeHandle } from "../rig/node-handle.ts";
import { type ForwardedPort, forwardPort } from "./forward-port.ts";

const listen = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

/** Everything that comes until the other side ends. */
const received = async (socket: Socket): Promise<string> => {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "close");
  return Buffer.concat(chunks).toString();
};

describe("a forwarded port", function () {
  this.timeout(15_000);
  const inside = new Set<Socket>();
  /** How the service in the node treats a connection. */
  let serve: (socket: Socket) => void;
  let service: Server;
  let forwarded: ForwardedPort;
  let asked: unknown[];
  let reachable: boolean;

  beforeEach(async () => {
    serve = (socket) => void socket.pipe(socket);
    service = createServer({ allowHalfOpen: true }, (socket) => {
      inside.add(socket);
      socket.on("error", () => undefined).on("close", () => inside.delete(socket));
      serve(socket);
    });
    const target = await listen(service);
    asked = [];
    reachable = true;
    const node = {
      connect: async (to: unknown) => {
        asked.push(to);
        if (!reachable) throw new Error("the node is off");
        const socket = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
        await once(socket, "connect");
        return socket;
      },
    };
    forwarded = await forwardPort(node as unknown as NodeHandle, 8474);
  });
  afterEach(() => {
    forwarded.close();
    service.close();
    for (const socket of inside) socket.destroy();
  });

  const client = async (): Promise<Socket> => {
    const socket = connect(forwarded.port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    return socket;
  };

  it("leads to the node's port, each connection by itself", async () => {
    const texts = ["one", "two".repeat(200_000)];
    const answers = await Promise.all(
      texts.map(async (text) => {
        const socket = await client();
        const answer = received(socket);
        socket.end(text);
        return answer;
      }),
    );
    expect(answers.map((answer, index) => answer === texts[index])).to.deep.equal([true, true]);
    expect(asked).to.deep.equal([{ port: 8474 }, { port: 8474 }]);
  });

  it("gives the answer also to a client that ends its request first", async () => {
    serve = (socket) => {
      socket.resume().on("end", () => setTimeout(() => socket.end("late answer"), 100));
    };
    const socket = await client();
    const answer = received(socket);
    socket.end("request");
    expect(await answer).to.equal("late answer");
  });

  it("passes on what came when the service hangs up after its answer", async () => {
    serve = (socket) => socket.once("data", () => socket.end("bye".repeat(100_000)));
    const socket = await client();
    const answer = received(socket);
    socket.write("request");
    expect((await answer).length).to.equal(300_000);
  });

  it("hangs up where the node cannot be reached, and serves again once it can", async () => {
    reachable = false;
    expect(await received(await client())).to.equal("");
    reachable = true;
    const socket = await client();
    const answer = received(socket);
    socket.end("again");
    expect(await answer).to.equal("again");
  });

  it("ends the connection into the node when the client goes away, and the other way round", async () => {
    const leaving = await client();
    leaving.write("x");
    await once(leaving, "data");
    expect(inside.size).to.equal(1);
    leaving.destroy();
    await eventually(() => inside.size === 0);
    serve = (socket) => socket.once("data", () => socket.resetAndDestroy());
    const cut = await client();
    const answer = received(cut);
    cut.write("x");
    expect(await answer).to.equal("");
  });

  it("takes no more connections once closed, and ends those there are", async () => {
    const socket = await client();
    socket.write("x");
    await once(socket, "data");
    const closed = received(socket);
    forwarded.close();
    await closed;
    await eventually(() => inside.size === 0);
    const late = connect(forwarded.port, "127.0.0.1");
    const [error] = (await once(late, "error").catch((cause: unknown) => [cause])) as [{ code?: string }];
    expect(error.code).to.equal("ECONNREFUSED");
  });
});
