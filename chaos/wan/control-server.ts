import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { EdgeproofError, rigError, messageOf } from "../../harness/errors.ts";
import type { BackendDriver } from "./backend-driver.ts";
import { onLines, type WanAnswers, type WanFailure, type WanRequest, type WanResponse } from "./protocol.ts";
import { validateLinks } from "./validate-links.ts";
import type { DirectedLink } from "./wan-engine.ts";

/** Answers requests on a unix socket, one after the other across all connections. */
export class ControlServer {
  private readonly driver: BackendDriver;
  private readonly members: readonly string[];
  private readonly path: string;
  private readonly server: Server;
  private readonly kernel: string;
  private readonly instance = randomUUID();
  private readonly sockets = new Set<Socket>();
  private clears = 0;
  private last: Promise<unknown> = Promise.resolve();

  /**
   * Listens at `path`; a socket file that nobody answers is a leftover and replaced.
   * @param kernel another one each time the kernel boots
   */
  static async start(
    path: string,
    driver: BackendDriver,
    members: readonly string[],
    kernel = bootId(),
  ): Promise<ControlServer> {
    await mkdir(dirname(path), { recursive: true });
    if (await answers(path)) {
      throw rigError("wan-already-running", `a WAN service already listens at ${path}`, {
        where: "the WAN service's machine",
        fix: "Stop it first.",
      });
    }
    await rm(path, { force: true });
    const control = new ControlServer(path, driver, members, kernel);
    await new Promise<void>((resolve, reject) => {
      control.server.once("error", reject);
      control.server.listen(path, resolve);
    });
    return control;
  }

  private constructor(path: string, driver: BackendDriver, members: readonly string[], kernel: string) {
    this.kernel = kernel;
    this.path = path;
    this.driver = driver;
    this.members = members;
    this.server = createServer((socket) => this.serve(socket));
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    onLines(socket, (line) => {
      this.last = this.last
        .then(() => this.respond(line))
        .then((response) => socket.writable && socket.write(`${JSON.stringify(response)}\n`));
    });
  }

  private async respond(line: string): Promise<WanResponse> {
    let id = 0;
    try {
      const request = JSON.parse(line) as WanRequest;
      id = request.id;
      return { id, result: await this.answer(request) };
    } catch (error) {
      return { id, error: failure(error) };
    }
  }

  private answer(request: WanRequest): Promise<WanAnswers[keyof WanAnswers]> | null {
    const { driver } = this;
    switch (request.method) {
      case "ping":
        return driver.alive().then(() => ({ clears: this.clears }));
      case "describe":
        return Promise.resolve({
          backend: driver.backend,
          realtime: driver.realtime,
          members: [...this.members],
          instance: this.instance,
          bootId: this.kernel,
          clears: this.clears,
        });
      case "apply":
        return this.apply(request.links ?? []);
      case "clear":
        return this.clear();
      case "inForce":
        return driver.inForce();
      case "counters":
        return driver.counters();
      default:
        throw rigError("wan-unknown-request", `the WAN service does not know ${JSON.stringify(request)}`);
    }
  }

  private async apply(links: DirectedLink[]): Promise<null> {
    validateLinks(links, this.members);
    await this.driver.apply(links);
    return null;
  }

  private async clear(): Promise<{ clears: number }> {
    const { driver } = this;
    await (driver.clear ? driver.clear() : this.apply(this.everyDirection()));
    return { clears: ++this.clears };
  }

  private everyDirection(): DirectedLink[] {
    return this.members.flatMap((from) =>
      this.members.filter((to) => to !== from).map((to) => ({ from, to, params: {} })),
    );
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
    await rm(this.path, { force: true });
  }
}

/** Another one after each boot of the kernel. */
const bootId = (): string => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

function failure(error: unknown): WanFailure {
  if (error instanceof EdgeproofError) {
    const { code, message, exitCode, where, expected, fix } = error;
    return {
      code,
      message,
      exitCode,
      ...(where === undefined ? {} : { where }),
      ...(expected === undefined ? {} : { expected }),
      ...(fix === undefined ? {} : { fix }),
    };
  }
  return { code: "wan-internal", message: messageOf(error) };
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const done = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}
