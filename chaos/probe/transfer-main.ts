import { request } from "node:http";

/**
 * Runs on a machine of the rig: `transfer URL BYTES TIMEOUT_MS`. Posts so many bytes to a function that sends them back,
 * on a connection of its own, and prints a `Transfer` as JSON.
 */
export interface Transfer {
  /** Until the first byte of the answer, which the function sends when it has the whole body; undefined: never. */
  upMs?: number;
  /** From there to the last byte of the answer. */
  downMs?: number;
  /** Why it ended before; undefined while it hung until the time limit, or when all went well. */
  error?: string;
}

const [url = "", size = "0", timeout = "30000"] = process.argv.slice(2);
const bytes = Number(size);
const began = performance.now();
const result: Transfer = {};

const end = (error?: string): never => {
  if (error !== undefined) result.error = error;
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit(0);
};

setTimeout(end, Number(timeout));
const headers = { "content-type": "application/octet-stream", "content-length": bytes };
const posted = request(url, { method: "POST", agent: false, headers }, (answer) => {
  result.upMs = performance.now() - began;
  let received = 0;
  answer.on("data", (chunk: Buffer) => (received += chunk.length));
  answer.once("error", (error) => end(error.message));
  answer.once("end", () => {
    if (answer.statusCode !== 200) end(`status ${answer.statusCode}`);
    if (received !== bytes) end(`${received} of ${bytes} bytes came back`);
    result.downMs = performance.now() - began - (result.upMs ?? 0);
    end();
  });
});
posted.once("error", (error) => end(error.message));
posted.end(Buffer.alloc(bytes, 0x65));
