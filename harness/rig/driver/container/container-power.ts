import { setTimeout as delay } from "node:timers/promises";

import { rigError } from "../../../errors.ts";
import type { AgentNode } from "../agent-node.ts";
import type { Power, PowerState } from "../driver.ts";
import type { Docker } from "./engine-client.ts";
import { resourceName } from "./labels.ts";

/** Seconds that a machine has to shut down before its power is cut. */
const STOP_SECONDS = 30;
const START_LIMIT_MS = 60_000;
const POLL_MS = 100;
/** The engine's answers for "it is so already". */
const UNCHANGED = [304, 409];

/** The power switch of a rig's machines. Each operation does nothing where the machine is as wanted already. */
export class ContainerPower implements Power {
  readonly switches = "machine";
  private readonly docker: Docker;
  private readonly rig: string;
  private readonly handle: (node: string) => AgentNode;

  /** `handle` gives a handle of its own, to ask whether the machine answers. */
  constructor(docker: Docker, rig: string, handle: (node: string) => AgentNode) {
    this.docker = docker;
    this.rig = rig;
    this.handle = handle;
  }

  /** Power cut: every process of the machine ends at once, its disk stays. */
  async kill(node: string): Promise<void> {
    if ((await this.state(node)) !== "off") await this.unless(this.container(node).kill());
  }

  /** Shuts down: services are asked to end, in the reverse of their order. */
  async stop(node: string): Promise<void> {
    await this.unless(this.container(node).stop({ t: STOP_SECONDS }));
  }

  /** Power on: the machine boots and starts the services its disk lists. Resolves when its agent answers. */
  async start(node: string): Promise<void> {
    if ((await this.state(node)) === "paused") return;
    await this.unless(this.container(node).start());
    await this.untilAnswering(node);
  }

  /** Freezes every process, those of its pods included. */
  async pause(node: string): Promise<void> {
    const state = await this.state(node);
    if (state === "off" || state === "gone")
      throw rigError("MACHINE_IS_OFF", "a machine that is off cannot be frozen", { where: `node ${node}` });
    if (state === "running") await this.unless(this.container(node).pause());
  }

  async unpause(node: string): Promise<void> {
    if ((await this.state(node)) !== "paused") return;
    await this.unless(this.container(node).unpause());
    await this.untilAnswering(node);
  }

  async state(node: string): Promise<PowerState | "gone"> {
    try {
      const { State } = await this.container(node).inspect();
      return State.Paused ? "paused" : State.Running ? "running" : "off";
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) return "gone";
      throw error;
    }
  }

  private container(node: string): ReturnType<Docker["getContainer"]> {
    return this.docker.getContainer(resourceName(this.rig, node));
  }

  private async unless(done: Promise<unknown>): Promise<void> {
    await done.catch((error: unknown) => {
      const { statusCode = 0 } = error as { statusCode?: number };
      if (!UNCHANGED.includes(statusCode)) throw error;
    });
  }

  private async untilAnswering(node: string): Promise<void> {
    const handle = this.handle(node);
    try {
      for (const deadline = Date.now() + START_LIMIT_MS; ; await delay(POLL_MS))
        try {
          await handle.services();
          return;
        } catch (cause) {
          if (Date.now() < deadline) continue;
          throw rigError("MACHINE_SILENT", `it does not answer ${START_LIMIT_MS / 1000} s after power on`, {
            where: `node ${node}`,
            fix: "look at its log with `docker logs`; `edgeproof down` removes the rig",
            cause,
          });
        }
    } finally {
      await handle.disconnect();
    }
  }
}
