import type { ChildProcessByStdio } from "node:child_process";
import { Duplex, type Readable, type Writable } from "node:stream";

export type PipedChild = ChildProcessByStdio<Writable, Readable, Readable>;

/** A child's standard streams as one; it ends with an error that carries what the child said on standard error. */
export function childStream(child: PipedChild, describe: (said: string) => Error): Duplex {
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString("utf8")).slice(-4000)));
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    write: (chunk, encoding, done) => void child.stdin.write(chunk as Buffer, encoding, done),
    final: (done) => void child.stdin.end(done),
    destroy: (error, done) => {
      child.kill("SIGTERM");
      done(error);
    },
  });
  child.stdin.on("error", () => undefined);
  child.stdout.on("data", (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.once("error", (error) => stream.destroy(error));
  child.once("close", (code) => {
    if (stream.destroyed) return;
    if (code === 0) stream.push(null);
    else stream.destroy(describe(said));
  });
  return stream;
}
