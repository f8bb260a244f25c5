import { Duplex, PassThrough } from "node:stream";

import { rigError } from "../../../errors.ts";
import { RUNTIME_PATH } from "../runtime-folder.ts";
import type { Docker } from "./engine-client.ts";

/** `docker exec -i CONTAINER agent pipe TARGET` as a byte stream. */
export async function openExecPipe(docker: Docker, container: string, target: string): Promise<Duplex> {
  const argv = [`${RUNTIME_PATH}/node`, `${RUNTIME_PATH}/agent.mjs`, "pipe", target];
  try {
    const exec = await docker
      .getContainer(container)
      .exec({ Cmd: argv, AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: false });
    const raw = await exec.start({ hijack: true, stdin: true });
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    docker.modem.demuxStream(raw, stdout, stderr);
    return join(raw, stdout, stderr);
  } catch (cause) {
    throw rigError("NODE_UNREACHABLE", "the node's container does not take commands", {
      where: container,
      cause,
    });
  }
}

function join(raw: Duplex, stdout: PassThrough, stderr: PassThrough): Duplex {
  const joined = new Duplex({
    read: () => void stdout.resume(),
    write: (chunk, encoding, done) => void raw.write(chunk as Buffer, encoding, done),
    final: (done) => void raw.end(done),
    destroy: (error, done) => {
      raw.destroy();
      done(error);
    },
  });
  let complaint = "";
  stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString("utf8")));
  stdout.on("data", (chunk: Buffer) => {
    if (!joined.push(chunk)) stdout.pause();
  });
  let finished = false;
  const finish = (): void => {
    if (finished) return;
    finished = true;
    // What was demultiplexed in this turn is still on its way through the pass-through streams.
    setImmediate(() => (complaint ? joined.destroy(new Error(complaint.trim())) : joined.push(null)));
  };
  raw.once("end", finish);
  raw.once("close", finish);
  raw.once("error", (error: Error) => joined.destroy(error));
  return joined;
}
