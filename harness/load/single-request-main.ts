import { readFileSync } from "node:fs";
import { request } from "node:http";

/**
 * Runs on a machine of the rig: `single-request URL TIMEOUT_MS [FILE]`. One request on a connection of its own; FILE holds a
 * `RequestOptions` as JSON. Prints one line of JSON, a `SingleAnswer`.
 */
const [url = "", timeout = "60000", file] = process.argv.slice(2);
const options =
  file === undefined
    ? {}
    : (JSON.parse(readFileSync(file, "utf8")) as { method?: string; headers?: object; body?: string });
const { body = "", ...rest } = options;

/** Characters of an answer's body that are told. */
const MOST_BODY = 65_536;

const askedAt = Date.now();
const began = performance.now();
const say = (answer: object): void =>
  void process.stdout.write(
    `${JSON.stringify({ askedAt, durationMs: performance.now() - began, ...answer })}\n`,
  );

const signal = AbortSignal.timeout(Number(timeout));
const asked = request(url, { ...(rest as { method?: string }), agent: false, signal }, (answer) => {
  let text = "";
  answer.setEncoding("utf8");
  answer.on("data", (part: string) => (text = (text + part).slice(0, MOST_BODY)));
  answer.once("end", () => say({ status: answer.statusCode, headers: answer.headers, body: text }));
  answer.once("error", (error) => say({ status: 0, headers: {}, error: error.message }));
});
asked.once("error", (error) =>
  say({ status: 0, headers: {}, error: signal.aborted ? "timed out" : error.message }),
);
asked.end(body);
