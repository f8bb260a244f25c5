import { CoreV1Api, type V1Node } from "@kubernetes/client-node";

import { httpProbe } from "../../chaos/probe/http-probe.ts";
import { isReady } from "../rig/engine/nodes-ready.ts";
import { loadKubeconfig } from "../rig/kube/kube-client.ts";
import { type RunningWatch, follow, untilListed } from "../rig/kube/watch.ts";
import type { NodeHandle } from "../rig/node-handle.ts";
import type { AbortCondition } from "../scenario/schema.ts";
import { ErrorWindow } from "./error-window.ts";

/** Beside the load and light against it. */
const PROBE_INTERVAL_MS = 200;
const PROBE_TIMEOUT_MS = 1_000;
const PROBES_AT_ONCE = 100_000;

export interface AbortWatchOptions {
  conditions: readonly AbortCondition[];
  tester: NodeHandle;
  /** Of the function under load; undefined where there is none. */
  url: string | undefined;
  /** Path of the rig's kubeconfig. */
  kubeconfig: string;
  /** Nodes that faults are aimed at. */
  affected: readonly string[];
  /** Called once, with the condition that was breached. */
  onBreach: (reason: string) => void;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

/** Watches the conditions that end a fault phase before its time. */
export class AbortWatch {
  private readonly options: AbortWatchOptions;
  private readonly stopping = new AbortController();
  private readonly notReady = new Set<string>();
  private nodes: RunningWatch | undefined;
  private breached = false;

  constructor(options: AbortWatchOptions) {
    this.options = options;
  }

  /** Resolves when all of it is watched. */
  async start(): Promise<void> {
    const { conditions } = this.options;
    for (const { errorRate } of conditions) if (errorRate) this.watchErrors(errorRate);
    if (conditions.some((one) => one.notReadyOutside ?? one.notReadyNodes)) await this.watchNodes();
  }

  stop(): void {
    this.breached = true;
    this.stopping.abort();
    this.nodes?.stop();
  }

  private breach(reason: string): void {
    if (this.breached) return;
    this.breached = true;
    this.options.onBreach(reason);
  }

  private watchErrors({ above, over }: NonNullable<AbortCondition["errorRate"]>): void {
    const { tester, url } = this.options;
    if (url === undefined) return;
    const window = new ErrorWindow(over);
    const onAnswer = (ms: number | undefined): void => {
      window.add(Date.now(), ms !== undefined);
      const share = window.share();
      if (share !== undefined && share > above)
        this.breach(
          `${percent(share)} of the probes in ${over / 1000} s failed, ${percent(above)} is the limit`,
        );
    };
    const probe = { count: PROBES_AT_ONCE, intervalMs: PROBE_INTERVAL_MS, timeoutMs: PROBE_TIMEOUT_MS };
    httpProbe(tester, url, { ...probe, onAnswer, signal: this.stopping.signal }).catch((error: unknown) => {
      if (!this.stopping.signal.aborted) this.breach(`the probe of the function ended: ${String(error)}`);
    });
  }

  private async watchNodes(): Promise<void> {
    const config = loadKubeconfig(this.options.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    this.nodes = follow<V1Node>(config, "/api/v1/nodes", () => core.listNode(), {
      onEvent: (_, node) => this.onNode(node),
    });
    await untilListed([this.nodes]);
  }

  private onNode(node: V1Node): void {
    const name = node.metadata?.name ?? "";
    if (isReady(node)) return void this.notReady.delete(name);
    this.notReady.add(name);
    const { conditions, affected } = this.options;
    for (const { notReadyOutside, notReadyNodes } of conditions) {
      if (notReadyOutside && !affected.includes(name))
        this.breach(`${name} is NotReady, and no fault is aimed at it`);
      if (notReadyNodes && this.notReady.size > notReadyNodes.moreThan)
        this.breach(
          `${this.notReady.size} nodes are NotReady at one time: ${[...this.notReady].join(", ")}; ${notReadyNodes.moreThan} is the limit`,
        );
    }
  }
}
