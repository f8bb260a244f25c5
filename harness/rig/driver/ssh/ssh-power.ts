import { setTimeout as delay } from "node:timers/promises";

import { rigError } from "../../../errors.ts";
import type { AgentNode } from "../agent-node.ts";
import type { Power, PowerState } from "../driver.ts";
import { remoteScript } from "./remote-scripts.ts";
import type { SshHost } from "./ssh-state.ts";
import type { SshTransport } from "./transport.ts";

/** A board takes minutes to boot. */
const START_LIMIT_MS = 300_000;
const POLL_MS = 1_000;
const STEP_LIMIT_MS = 150_000;

type Step = "kill" | "stop" | "start" | "pause" | "unpause";

/**
 * Real machines have no power switch that software can turn on again. What is switched here is the rig's part of the
 * machine: its services, Nebula and all pods end, stop or freeze at once, by the control group that they live in. The
 * machine itself stays on and reachable. A machine that rebooted or is off counts as off until its agent answers.
 */
export class SshPower implements Power {
  readonly switches = "services";
  private readonly host: (node: string) => { host: SshHost; transport: SshTransport };
  private readonly handle: (node: string) => AgentNode;

  constructor(
    host: (node: string) => { host: SshHost; transport: SshTransport },
    handle: (node: string) => AgentNode,
  ) {
    this.host = host;
    this.handle = handle;
  }

  async kill(node: string): Promise<void> {
    await this.step(node, "kill");
  }

  async stop(node: string): Promise<void> {
    await this.step(node, "stop");
  }

  async start(node: string): Promise<void> {
    if ((await this.state(node)) === "paused") return;
    await this.step(node, "start");
    await this.untilAnswering(node);
  }

  async pause(node: string): Promise<void> {
    const state = await this.state(node);
    if (state === "off" || state === "gone")
      throw rigError("MACHINE_IS_OFF", "a machine that is off cannot be frozen", { where: `node ${node}` });
    if (state === "running") await this.step(node, "pause");
  }

  async unpause(node: string): Promise<void> {
    if ((await this.state(node)) !== "paused") return;
    await this.step(node, "unpause");
    await this.untilAnswering(node);
  }

  async state(node: string): Promise<PowerState | "gone"> {
    const { host, transport } = this.host(node);
    if (!host.systemd) {
      const answers = await this.answers(node);
      return answers ? "running" : "off";
    }
    try {
      const { stdout } = await transport.run(remoteScript.power(), ["state"]);
      return stdout.trim() as PowerState | "gone";
    } catch {
      return "off";
    }
  }

  private async step(node: string, step: Step): Promise<void> {
    const { host, transport } = this.host(node);
    if (!host.systemd)
      throw rigError("NO_POWER_SWITCH", "without systemd the rig's part of a machine cannot be switched", {
        where: `node ${node}`,
        expected: "a machine with systemd and control groups of version 2",
        fix: "use faults of services or links on this machine",
      });
    await transport.run(remoteScript.power(), [step], { timeoutMs: STEP_LIMIT_MS });
  }

  private async answers(node: string): Promise<boolean> {
    const handle = this.handle(node);
    try {
      await handle.services();
      return true;
    } catch {
      return false;
    } finally {
      await handle.disconnect();
    }
  }

  private async untilAnswering(node: string): Promise<void> {
    for (const deadline = Date.now() + START_LIMIT_MS; !(await this.answers(node)); await delay(POLL_MS))
      if (Date.now() > deadline)
        throw rigError("MACHINE_SILENT", `it does not answer ${START_LIMIT_MS / 1000} s after power on`, {
          where: `node ${node}`,
          fix: "look at `journalctl -u edgeproof-agent` there",
        });
  }
}
