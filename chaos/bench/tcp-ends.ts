import { connect, createServer } from "node:net";

const CHUNK = Buffer.alloc(256 * 1024);

/** Sends as fast as the connection takes it, for so long. */
export function sendStream(host: string, port: number, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const until = performance.now() + ms;
    const fill = (): void => {
      while (performance.now() < until) if (!socket.write(CHUNK)) return;
      socket.destroySoon();
    };
    socket.on("connect", fill);
    socket.on("drain", fill);
    socket.on("error", reject);
    socket.on("close", () => resolve());
  });
}

/** Takes one connection until it ends. The first half second, in which TCP finds its pace, is not counted. */
export function receiveStream(port: number): Promise<{ bytes: number; seconds: number }> {
  const WARM_UP_MS = 500;
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      let [bytes, began, first] = [0, 0, 0];
      socket.on("data", (chunk) => {
        const now = performance.now();
        first ||= now;
        if (now - first < WARM_UP_MS) began = now;
        else bytes += chunk.length;
      });
      socket.on("error", reject);
      socket.on("close", () => {
        server.close();
        resolve({ bytes, seconds: (performance.now() - began) / 1000 });
      });
    });
    server.listen(port, () => console.log("ready"));
  });
}
