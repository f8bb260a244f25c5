import { PROBE_LABEL } from "../../../chaos/kube/probe-objects.ts";
import { rigError } from "../../errors.ts";
import { quantile, sorted } from "../../judge/quantile.ts";
import type { Observation } from "../../record/model.ts";
import { loadKubeconfig } from "../../rig/kube/kube-client.ts";
import { type ApiCall, ApiRequests, succeeded } from "../../rig/kube/api-request.ts";
import type { Observer, ObserverContext, ObserverDefinition } from "./observer.ts";

const NAME = "edgeproof-api-observer";
/** A read and a write each time, whether or not those before were answered. */
const INTERVAL_MS = 400;
const LIMIT_MS = 5_000;

interface Asked {
  kind: "read" | "write";
  /** ms since the epoch. */
  at: number;
  ms: number;
  ok: boolean;
}

/** Reads and writes an object of its own through the kubeconfig, as a user's tools do. */
class ApiObserver implements Observer {
  private readonly context: ObserverContext;
  private readonly requests: ApiRequests;
  private readonly folder: string;
  private readonly asked: Asked[] = [];
  private readonly pending = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private ticks = 0;
  private injectedAt: number | undefined;
  private healedAt: number | undefined;

  constructor(context: ObserverContext) {
    this.context = context;
    this.folder = `/api/v1/namespaces/${context.rig.probeNamespace}/configmaps`;
    this.requests = new ApiRequests(loadKubeconfig(context.rig.kubeconfig), LIMIT_MS);
  }

  async start(): Promise<void> {
    // One that a run left behind is taken over.
    await this.requests.send({
      ...{ method: "POST", path: this.folder },
      body: { metadata: { name: NAME, labels: { [PROBE_LABEL]: "api" } }, data: { tick: "0" } },
    });
    await this.tick();
    if (this.asked.some(({ ok }) => !ok))
      throw rigError("API_SILENT", "the API does not answer a read and a write before the fault", {
        expected: `both within ${LIMIT_MS / 1000} s`,
      });
    this.timer = setInterval(() => void this.tick(), INTERVAL_MS);
  }

  injected(at: number): void {
    this.injectedAt = at;
  }

  healed(at: number): void {
    this.healedAt = at;
  }

  async stop(): Promise<Observation[]> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
    await this.requests.send({ method: "DELETE", path: `${this.folder}/${NAME}` });
    const { phases } = this.context;
    const from = this.injectedAt ?? Number.POSITIVE_INFINITY;
    const to = this.healedAt ?? Number.POSITIVE_INFINITY;
    const during = this.asked.filter(({ at }) => at >= from && at < to);
    const answered = during.filter(({ ok }) => ok).map(({ ms }) => ms);
    const back = this.asked.find(({ kind, ok, at }) => kind === "write" && ok && at >= to);
    const count = `${answered.length} of ${during.length} requests answered`;
    return [
      observed(phases.fault, "api-p99", "ms", quantileOf(answered), count),
      observed(
        phases.fault,
        "api-errors",
        "share",
        during.length > 0 ? 1 - answered.length / during.length : undefined,
        count,
      ),
      observed(
        phases.healed,
        "api-writes-back",
        "ms",
        back && back.at + back.ms - to,
        back ? `a write of ${back.ms.toFixed(1)} ms` : "no write was answered",
      ),
    ];
  }

  private async tick(): Promise<void> {
    const path = `${this.folder}/${NAME}`;
    const body = { data: { tick: String(++this.ticks) } };
    const contentType = "application/merge-patch+json";
    const both = [
      this.ask("read", { method: "GET", path }),
      this.ask("write", { method: "PATCH", path, body, contentType }),
    ];
    for (const one of both) {
      this.pending.add(one);
      void one.finally(() => this.pending.delete(one));
    }
    await Promise.all(both);
  }

  private async ask(kind: Asked["kind"], call: ApiCall): Promise<void> {
    const at = Date.now();
    const answer = await this.requests.send(call);
    this.asked.push({ kind, at, ms: answer.ms, ok: succeeded(answer) });
  }
}

const quantileOf = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : quantile(sorted(values), 0.99);

const observed = (
  phase: string,
  observable: string,
  unit: Observation["unit"],
  value: number | undefined,
  detail: string,
): Observation => ({
  ...{ phase, observable, subject: "tester -> API server", deviceClass: "", unit, detail },
  ...(value === undefined ? {} : { value }),
});

export const apiObserver: ObserverDefinition = {
  name: "api",
  summary: "Reads and writes a ConfigMap of its own 2.5 times a second each, by the kubeconfig's way.",
  observables: [
    {
      ...{ name: "api-p99", unit: "ms", phase: "fault" },
      meaning: "99 % of the answered requests under the fault were answered within this, connecting included",
    },
    {
      ...{ name: "api-errors", unit: "share", phase: "fault" },
      meaning: "share of the requests under the fault that were not answered with success within 5 s",
    },
    {
      ...{ name: "api-writes-back", unit: "ms", phase: "healed" },
      meaning: "from healed until the answer to the first successful write that was asked for after it",
    },
  ],
  create: (context) => new ApiObserver(context),
};
