import type { StorageOutcome } from "../record/storage.ts";

/** Nothing was sent yet when one of these failed (Node's `error.syscall`). */
const BEFORE_SENDING = ["connect", "getaddrinfo"];

interface Failure {
  name?: string;
  message?: string;
  code?: string;
  syscall?: string;
  status?: number;
  $metadata?: { httpStatusCode?: number };
  cause?: unknown;
  errors?: unknown[];
}

/** An error and what it wraps: fetch hides the socket's error in `cause`, and Node those of several addresses in `errors`. */
function* chainOf(error: unknown, depth = 0): Generator<Failure> {
  if (typeof error !== "object" || error === null || depth > 4) return;
  const failure = error as Failure;
  yield failure;
  yield* chainOf(failure.cause, depth + 1);
  for (const one of failure.errors ?? []) yield* chainOf(one, depth + 1);
}

/**
 * Whether a failed operation certainly had no effect: no connection was made, or the store answered that it is the
 * client's fault (4xx). Everything else, 5xx and timeouts included, may have had one.
 */
export function outcomeOf(error: unknown): Exclude<StorageOutcome, "ok" | "dropped"> {
  for (const { syscall, status, $metadata } of chainOf(error)) {
    const code = status ?? $metadata?.httpStatusCode ?? 0;
    if (code >= 400 && code < 500) return "failed";
    if (syscall !== undefined && BEFORE_SENDING.includes(syscall)) return "failed";
  }
  return "unknown";
}

/** In a line, without what a store may have put into its answer. */
export function reasonOf(error: unknown): string {
  const parts = [...chainOf(error)].map(({ name, code, status, $metadata, message }) => {
    const said = code ?? status ?? $metadata?.httpStatusCode;
    return [name, said === undefined ? "" : `(${said})`, message].filter(Boolean).join(" ");
  });
  return (parts[0] ?? String(error)).split("\n")[0]!.slice(0, 200);
}
