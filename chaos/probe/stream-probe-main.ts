import { type Socket, connect } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { setTimeout as delay } from "node:timers/promises";

import { median } from "./statistics.ts";
import type { StreamEnd, StreamPlan, StreamReading } from "./stream-plan.ts";

/**
 * Runs on a machine of the rig: `stream-probe PLAN`, a StreamPlan as JSON. Opens connections, asks HTTP (or what the plan
 * has instead) over them and
 * prints a StreamReading as JSON, a line for each, when it has ended.
 */
const plan = JSON.parse(process.argv[2] ?? "{}") as StreamPlan;
const ANSWER = plan.talk?.answer ?? "HTTP/1.";

const request = (last: boolean): string => {
  if (plan.talk) return plan.talk.request;
  const pad = plan.padBytes > 0 ? `X-Pad: ${"x".repeat(plan.padBytes)}\r\n` : "";
  const close = last && plan.close ? "Connection: close\r\n" : "";
  return `GET ${plan.path} HTTP/1.1\r\nHost: ${plan.host}\r\n${pad}${close}\r\n`;
};
const REQUEST_BYTES = request(false).length;

/** TLS over a socket that is still read here, so that bytes and their times are those of TCP. */
function secured(socket: Socket): Duplex {
  const below = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
  });
  socket.on("data", (chunk: Buffer) => void below.push(chunk));
  socket.on("end", () => void below.push(null));
  // The certificate is no matter of a probe that only asks how bytes pass.
  return connectTls({ socket: below, rejectUnauthorized: false, servername: "" });
}

function once(): Promise<StreamReading> {
  const at = Date.now();
  const began = performance.now();
  const since = (): number => Number((performance.now() - began).toFixed(3));
  const reads: { at: number; bytes: number }[] = [];
  let answers = 0;
  let tail = "";
  return new Promise((resolve) => {
    const socket = connect({ host: plan.host, port: plan.port, noDelay: true });
    const stream: Duplex = plan.tls ? secured(socket) : socket;
    let over = false;
    const finish = (end: StreamEnd): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket.destroy();
      resolve({
        at,
        end,
        endMs: since(),
        ...summary(reads),
        answers,
        answeredBytes: answers * REQUEST_BYTES,
      });
    };
    const timer = setTimeout(() => finish(plan.requests === 0 ? "done" : "silent"), plan.limitMs);
    socket.on("data", (chunk: Buffer) => reads.push({ at: since(), bytes: chunk.length }));
    stream.on("data", (chunk: Buffer) => {
      const text = tail + chunk.toString("latin1");
      answers += text.split(ANSWER).length - 1;
      tail = text.slice(1 - ANSWER.length);
      if (plan.requests > 0 && answers >= plan.requests && !plan.close) finish("done");
      if (plan.enoughBytes > 0) askForMore();
    });
    socket.on("data", () => {
      if (plan.enoughBytes > 0 && socket.bytesRead >= plan.enoughBytes) finish("done");
    });
    socket.on("end", () => finish("closed"));
    socket.on("close", () => finish("closed"));
    const failed = ({ code }: NodeJS.ErrnoException): void =>
      finish(
        code === "ECONNREFUSED" ? "refused" : code === "ECONNRESET" || code === "EPIPE" ? "reset" : "failed",
      );
    socket.on("error", failed);
    stream.on("error", failed);
    stream.once(plan.tls ? "secureConnect" : "connect", () =>
      ask(plan.enoughBytes > 0 ? 1 : plan.requests || Infinity),
    );
    let asked = 0;
    const ask = (wanted: number): void => {
      // Some at a time: an endless loop of writes would never let an answer in.
      for (let some = 64; some > 0 && wanted > 0 && !over; some--, wanted--) {
        const last = ++asked === plan.requests;
        if (!stream.write(request(last), "latin1") && wanted > 1)
          return void stream.once("drain", () => ask(wanted - 1));
      }
      if (wanted > 0 && !over) setImmediate(() => ask(wanted));
    };
    let bytesOfFirst = 0;
    /**
     * As many requests as bytes are still wanted, and no more: one that toxiproxy has not read when it closes makes the
     * kernel reset the connection, and throw away bytes that were on their way.
     */
    const askForMore = (): void => {
      if (answers < asked || over) return;
      if (answers === 1) bytesOfFirst = socket.bytesRead;
      const each = Math.max(1, (socket.bytesRead - bytesOfFirst) / Math.max(1, answers - 1));
      ask(answers < 2 ? 1 : Math.ceil((plan.enoughBytes - socket.bytesRead) / each));
    };
  });
}

function summary(reads: { at: number; bytes: number }[]) {
  const [first] = reads;
  const last = reads.at(-1);
  if (!first || !last) return { bytes: 0 };
  const gaps = reads.slice(1).map(({ at }, index) => at - reads[index]!.at);
  const sizes = reads.map(({ bytes }) => bytes).sort((a, b) => a - b);
  return {
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    firstByteMs: first.at,
    firstBytes: first.bytes,
    lastByteMs: last.at,
    ...(gaps.length > 0 ? { gapMs: Number(median(gaps).toFixed(3)) } : {}),
    pieceBytes: sizes[Math.ceil(sizes.length * 0.9) - 1]!,
  };
}

const open: Promise<void>[] = [];
for (let sent = 0; sent < plan.count; sent++) {
  if (sent > 0) await delay(plan.everyMs);
  open.push(once().then((reading) => void process.stdout.write(`${JSON.stringify(reading)}\n`)));
}
await Promise.all(open);
