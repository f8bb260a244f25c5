/**
 * One end of connections in tests. Plain JavaScript, to start fast.
 *
 *   serve ADDRESS PORT                        says its port to each that connects, and ends when the other end does
 *   ask UID ADDRESS PORT SOURCE SOURCE_PORT   prints what it is told, and closes at once, as that user
 *   hold UID ADDRESS PORT SOURCE SOURCE_PORT  goes on sending until the connection ends, and prints how it did
 */
import { connect, createServer } from "node:net";

const PATIENCE_MS = 3_000;
const TICK_MS = 20;

if (process.argv[2] === "serve") {
  const [host, port] = process.argv.slice(3);
  const server = createServer((socket) => {
    socket.on("error", () => undefined).resume();
    socket.write(port);
  });
  server.listen(Number(port), host, () => console.log("ready"));
} else {
  const [role, uid, host, port, localAddress, localPort] = process.argv.slice(2);
  process.setuid(Number(uid));
  const socket = connect({ host, port: Number(port), localAddress, localPort: Number(localPort) });
  const end = (how) => {
    console.log(how);
    socket.destroy();
  };
  socket.on("error", (error) => end(error.code));
  socket.on("data", (told) => {
    if (role === "ask") return end(String(told));
    console.log("connected");
    const timer = setInterval(() => socket.write("."), TICK_MS);
    socket.on("close", () => clearInterval(timer));
  });
  socket.setTimeout(PATIENCE_MS, () => end("no answer"));
}
