import { request } from "node:http";

/**
 * Runs on the tester: `single-request URL TIMEOUT_MS`. One request on a connection of its own; prints one line of JSON, a
 * `SingleAnswer`.
 */
const [url = "", timeout = "60000"] = process.argv.slice(2);

const askedAt = Date.now();
const began = performance.now();
const say = (answer: object): void =>
  void process.stdout.write(
    `${JSON.stringify({ askedAt, durationMs: performance.now() - began, ...answer })}\n`,
  );

const signal = AbortSignal.timeout(Number(timeout));
const asked = request(url, { agent: false, signal }, (answer) => {
  answer.resume();
  answer.once("end", () => say({ status: answer.statusCode, headers: answer.headers }));
  answer.once("error", (error) => say({ status: 0, headers: {}, error: error.message }));
});
asked.once("error", (error) =>
  say({ status: 0, headers: {}, error: signal.aborted ? "timed out" : error.message }),
);
asked.end();
