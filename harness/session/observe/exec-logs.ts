import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

import { CoreV1Api, Exec, type KubeConfig, type V1Status } from "@kubernetes/client-node";

import { rigError, usageError, messageOf } from "../../errors.ts";
import type { Observation } from "../../record/model.ts";
import { LABEL_FUNCTION } from "../../rig/functions/manifests.ts";
import { podReady } from "../../rig/functions/pod-observer.ts";
import { loadKubeconfig } from "../../rig/kube/kube-client.ts";
import { ApiRequests, succeeded } from "../../rig/kube/api-request.ts";
import type { Observer, ObserverContext, ObserverDefinition } from "./observer.ts";

const LIMIT_MS = 5_000;
const INTERVAL_MS = 500;
const BEFORE_MS = 20_000;
/** Functions' images hold one program and no shell: what the runtime says of a missing one came all the way. */
const PROGRAM = "/edgeproof-exec-probe";

/** What is used of a web socket. */
interface Socket {
  close(): void;
  on(event: "error", listener: () => void): void;
}

interface Place {
  pod: string;
  node: string;
}

/** `kubectl exec` and `kubectl logs` on a pod of an agent: the way from the API server back to a kubelet. */
class ExecLogsObserver implements Observer {
  private readonly context: ObserverContext;
  private readonly kube: KubeConfig;
  private readonly requests: ApiRequests;
  private readonly ending = new AbortController();
  private node = "";
  private search: Promise<void> | undefined;
  private backMs: number | undefined;
  private tries = 0;
  private lastTrouble = "";

  constructor(context: ObserverContext) {
    this.context = context;
    this.kube = loadKubeconfig(context.rig.kubeconfig);
    this.requests = new ApiRequests(this.kube, LIMIT_MS);
  }

  async start(): Promise<void> {
    if (this.context.fn === undefined)
      throw usageError(
        "OBSERVER_WITHOUT_FUNCTION",
        "`exec-logs` needs a function's pod, and none is under load",
        {
          where: "observe: exec-logs",
          fix: "name a function under `load`, or leave the observer out",
        },
      );
    const until = Date.now() + BEFORE_MS;
    while (!(await this.works())) {
      if (Date.now() > until)
        throw rigError("EXEC_LOGS", "exec and logs do not work before the fault", {
          where: this.lastTrouble,
        });
      await delay(INTERVAL_MS);
    }
  }

  injected(): void {
    // Nothing to ask for while the API or the node may be gone.
  }

  healed(at: number): void {
    const { signal } = this.ending;
    this.search = (async () => {
      this.tries = 0;
      while (!signal.aborted) {
        this.tries++;
        if (await this.works()) return void (this.backMs = Date.now() - at);
        await delay(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
      }
    })();
  }

  async stop(): Promise<Observation[]> {
    this.ending.abort();
    await this.search;
    const { rig, phases } = this.context;
    const { node, backMs, tries, lastTrouble } = this;
    return [
      {
        ...{ phase: phases.healed, observable: "exec-logs-back", subject: node, unit: "ms" },
        deviceClass: node === "" ? "" : rig.node(node).deviceClass,
        ...(backMs === undefined ? {} : { value: backMs }),
        detail: `${tries} tries${lastTrouble === "" ? "" : `; last trouble: ${lastTrouble}`}`,
      },
    ];
  }

  private async works(): Promise<boolean> {
    try {
      const { pod, node } = await this.place();
      this.node = node;
      await Promise.all([this.logs(pod), this.exec(pod)]);
      return true;
    } catch (error) {
      this.lastTrouble = messageOf(error);
      return false;
    }
  }

  /** A ready pod on an agent, on the same node as before if there is one. */
  private async place(): Promise<Place> {
    const { rig, fn } = this.context;
    const path = `/api/v1/namespaces/${rig.namespace}/pods?labelSelector=${encodeURIComponent(`${LABEL_FUNCTION}=${fn}`)}`;
    const answer = await this.requests.send({ method: "GET", path });
    if (!succeeded(answer)) throw new Error(`pods are not listed: HTTP ${answer.status}`);
    const { items } = JSON.parse(answer.body) as Awaited<ReturnType<CoreV1Api["listNamespacedPod"]>>;
    const agents = new Set(rig.topology.nodes.filter(({ role }) => role === "agent").map(({ name }) => name));
    const places = items
      .filter(
        (pod) => podReady(pod) && !pod.metadata?.deletionTimestamp && agents.has(pod.spec?.nodeName ?? ""),
      )
      .map(({ metadata, spec }) => ({ pod: metadata?.name ?? "", node: spec?.nodeName ?? "" }));
    const found = places.find(({ node }) => node === this.node) ?? places[0];
    if (!found) throw new Error(`no pod of ${fn} is ready on an agent`);
    return found;
  }

  private async logs(pod: string): Promise<void> {
    const path = `/api/v1/namespaces/${this.context.rig.namespace}/pods/${pod}/log?tailLines=1`;
    const answer = await this.requests.send({ method: "GET", path });
    if (!succeeded(answer))
      throw new Error(`logs of ${pod}: HTTP ${answer.status} ${answer.body.slice(0, 200)}`);
  }

  private async exec(pod: string): Promise<void> {
    const out = new PassThrough().resume();
    let ended: (status: V1Status) => void = () => undefined;
    const status = new Promise<V1Status>((resolve) => (ended = resolve));
    const client = new Exec(this.kube);
    const opened = client.exec(
      this.context.rig.namespace,
      pod,
      "function",
      [PROGRAM],
      out,
      out,
      null,
      false,
      ended,
    ) as Promise<unknown> as Promise<Socket>;
    const late = delay(LIMIT_MS).then(() =>
      Promise.reject(new Error(`exec on ${pod}: nothing in ${LIMIT_MS} ms`)),
    );
    // Whatever comes later is nobody's matter any more.
    late.catch(() => undefined);
    opened.then(
      (socket) => socket.on("error", () => undefined),
      () => undefined,
    );
    try {
      const { message = "" } = await Promise.race([opened.then(() => status), late]);
      if (!message.includes(PROGRAM))
        throw new Error(`exec on ${pod}: ${message || "no word of the runtime"}`);
    } finally {
      opened.then(
        (socket) => socket.close(),
        () => undefined,
      );
    }
  }
}

export const execLogsObserver: ObserverDefinition = {
  name: "exec-logs",
  summary:
    "`kubectl exec` and `kubectl logs` on a pod of an agent: the way from the API server to a kubelet.",
  observables: [
    {
      ...{ name: "exec-logs-back", unit: "ms", phase: "healed" },
      meaning: "from healed until both worked again at the same time, asked twice a second",
    },
  ],
  create: (context) => new ExecLogsObserver(context),
};
