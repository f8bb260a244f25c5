import { once } from "node:events";
import { createServer } from "node:net";

/** Below what any system hands out by itself, so that nobody takes the port while its machine is off. */
const RANGE = { first: 20_000, count: 12_000 };
const ATTEMPTS = 50;

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/**
 * A port of the loopback that is free now. It is chosen here and not by the engine, which gives another one each time a
 * machine is switched on: the kubeconfig names it.
 */
export async function freeHostPort(): Promise<number> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const port = RANGE.first + Math.floor(Math.random() * RANGE.count);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found between ${RANGE.first} and ${RANGE.first + RANGE.count}`);
}
