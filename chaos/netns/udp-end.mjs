/** One end of the datagram meter: `receive`, or `send ADDRESS COUNT PER_TICK`. Plain JavaScript, to start fast. */
import { createSocket } from "node:dgram";

const PORT = 9999;
const QUIET_MS = 800;
const [role, address, count, perTick] = process.argv.slice(2);
const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000 });

if (role === "receive") {
  let numbers = [];
  let lastAt = 0;
  socket.on("message", (message) => {
    numbers.push(message.readUInt32BE(0));
    lastAt = Date.now();
  });
  socket.bind(PORT, () => console.log("ready"));
  setInterval(() => {
    if (numbers.length > 0) console.log(numbers.join(" "));
    numbers = [];
    if (lastAt > 0 && Date.now() - lastAt > QUIET_MS) console.log("quiet");
  }, 50);
} else {
  let next = 0;
  const timer = setInterval(() => {
    for (let i = 0; i < Number(perTick) && next < Number(count); i++) {
      const message = Buffer.alloc(100);
      message.writeUInt32BE(next++, 0);
      socket.send(message, PORT, address);
    }
    if (next < Number(count)) return;
    clearInterval(timer);
    setTimeout(() => socket.close(), 20);
  }, 1);
}
