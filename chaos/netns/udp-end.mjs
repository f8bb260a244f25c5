/**
 * One end of the datagram meter: `receive`, or `send ADDRESS[,ADDRESS] COUNT PER_TICK TICK_MS BYTES`. Plain JavaScript, to start
 * fast. A datagram holds its number and when it was sent, on the clock that all namespaces of a machine share.
 */
import { createSocket } from "node:dgram";

const PORT = 9999;
const [role, addresses, count, perTick, tickMs, bytes] = process.argv.slice(2);
const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000 });
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

if (role === "receive") {
  let lines = [];
  socket.on("message", (message) => {
    const at = nowMs();
    lines.push(`${message.readUInt32BE(0)} ${message.readDoubleBE(4).toFixed(4)} ${at.toFixed(4)}`);
  });
  socket.bind(PORT, () => console.log("ready"));
  setInterval(() => {
    if (lines.length > 0) console.log(lines.join("\n"));
    lines = [];
  }, 50);
} else {
  let next = 0;
  const timer = setInterval(() => {
    for (let i = 0; i < Number(perTick) && next < Number(count); i++) {
      const number = next++;
      for (const address of addresses.split(",")) {
        const message = Buffer.alloc(Number(bytes));
        message.writeUInt32BE(number, 0);
        message.writeDoubleBE(nowMs(), 4);
        socket.send(message, PORT, address);
      }
    }
    if (next < Number(count)) return;
    clearInterval(timer);
    setTimeout(() => socket.close(), 20);
  }, Number(tickMs));
}
