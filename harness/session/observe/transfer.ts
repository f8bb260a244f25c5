import { CoreV1Api } from "@kubernetes/client-node";

import type { Transfer } from "../../../chaos/probe/transfer-main.ts";
import { rigError } from "../../errors.ts";
import type { Observation } from "../../record/model.ts";
import { RUNTIME_PATH } from "../../rig/driver/runtime-folder.ts";
import { NAMESPACE } from "../../rig/functions/manifests.ts";
import { loadKubeconfig } from "../../rig/kube/kube-client.ts";
import type { Rig } from "../../rig/rig.ts";
import type { Observer, ObserverContext, ObserverDefinition } from "./observer.ts";

const FUNCTION = "payload-echo";
/** What does not end within this has hung: scenario 10 of the twelve. */
const LIMIT_MS = 30_000;
const SIZES = [
  { name: "1kib", title: "1 KiB", bytes: 1024 },
  { name: "1mib", title: "1 MiB", bytes: 1024 ** 2 },
] as const;

type Size = (typeof SIZES)[number];
type Outcome = Transfer & { size: Size };

const hung = ({ downMs, error }: Transfer): boolean => downMs === undefined && error === undefined;

/** A small and a large body to a function and back, over its node port, each on a connection of its own. */
class TransferObserver implements Observer {
  private readonly context: ObserverContext;
  private url = "";
  private during: Promise<Outcome[]> | undefined;
  private afterwards: Promise<Outcome[]> | undefined;

  constructor(context: ObserverContext) {
    this.context = context;
  }

  async start(): Promise<void> {
    const { rig } = this.context;
    this.url = `http://${rig.entry.overlay}:${await nodePort(rig)}/`;
    const broken = (await this.both()).find(({ downMs }) => downMs === undefined);
    if (!broken) return;
    throw rigError("TRANSFER_BROKEN", `${broken.size.title} did not come back before the fault`, {
      where: this.url,
      ...(broken.error === undefined ? {} : { cause: new Error(broken.error) }),
    });
  }

  injected(): void {
    this.during = this.both();
    this.during.catch(() => undefined);
  }

  healed(): void {
    this.afterwards = (this.during ?? Promise.resolve([])).then(
      () => this.both(),
      () => this.both(),
    );
    this.afterwards.catch(() => undefined);
  }

  async stop(): Promise<Observation[]> {
    const { phases } = this.context;
    const [during, after] = await Promise.all([this.during ?? [], this.afterwards ?? []]);
    return [
      ...this.observed(phases.fault, during, ""),
      this.count(phases.fault, "transfer-hangs", during.filter(hung)),
      this.count(
        phases.fault,
        "transfer-errors",
        during.filter(({ error }) => error !== undefined),
      ),
      ...this.observed(phases.healed, after, "-healed"),
    ];
  }

  /** Both sizes at once, so that the small one does not wait for the large one's time limit. */
  private both(): Promise<Outcome[]> {
    return Promise.all(SIZES.map(async (size) => ({ size, ...(await this.transfer(size)) })));
  }

  private async transfer({ bytes }: Size): Promise<Transfer> {
    const argv = [`${RUNTIME_PATH}/node`, `${RUNTIME_PATH}/transfer.mjs`, this.url, bytes, LIMIT_MS].map(
      String,
    );
    const { signal } = this.context;
    const { stdout } = await this.context.rig.tester.exec(argv, { timeoutMs: LIMIT_MS + 10_000, signal });
    return stdout.trim() === "" ? { error: "interrupted" } : (JSON.parse(stdout) as Transfer);
  }

  private observed(phase: string, outcomes: readonly Outcome[], suffix: string): Observation[] {
    return SIZES.flatMap((size) => {
      const outcome = outcomes.find((one) => one.size === size);
      return (["up", "down"] as const).map((way): Observation => {
        const value = outcome?.[`${way}Ms`];
        return {
          ...this.where(phase),
          observable: `transfer-${size.name}-${way}${suffix}`,
          unit: "ms",
          ...(value === undefined ? {} : { value }),
          detail: describe(size, outcome),
        };
      });
    });
  }

  private count(phase: string, observable: string, outcomes: readonly Outcome[]): Observation {
    const detail = outcomes.map((outcome) => describe(outcome.size, outcome)).join("; ");
    return { ...this.where(phase), observable, unit: "count", value: outcomes.length, detail };
  }

  private where(phase: string): Pick<Observation, "phase" | "subject" | "deviceClass"> {
    return { phase, subject: `tester -> ${FUNCTION}`, deviceClass: "" };
  }
}

function describe({ title }: Size, outcome: Outcome | undefined): string {
  if (!outcome) return `${title}: not sent`;
  const { upMs, downMs, error } = outcome;
  const parts = [
    upMs === undefined ? "no answer began" : `up in ${upMs.toFixed(1)} ms`,
    ...(downMs === undefined ? [] : [`down in ${downMs.toFixed(1)} ms`]),
    ...(hung(outcome) ? [`hung until the limit of ${LIMIT_MS / 1000} s`] : []),
    ...(error === undefined ? [] : [error]),
  ];
  return `${title}: ${parts.join(", ")}`;
}

/** Of the function, which is deployed on every node if it is not there yet. */
async function nodePort(rig: Rig): Promise<number> {
  const core = loadKubeconfig(rig.kubeconfig).makeApiClient(CoreV1Api);
  const found = await core.listNamespacedService({
    namespace: NAMESPACE,
    fieldSelector: `metadata.name=${FUNCTION}`,
  });
  const known = found.items[0]?.spec?.ports?.[0]?.nodePort;
  if (known !== undefined) return known;
  const replicas = rig.clusterNodes.length;
  const spec = { name: FUNCTION, image: rig.image(FUNCTION), replicas };
  return (await rig.functions.deploy(spec)).nodePort;
}

const observables: ObserverDefinition["observables"] = (
  [
    ["fault", ""],
    ["healed", "-healed"],
  ] as const
).flatMap(([phase, suffix]) =>
  SIZES.flatMap(({ name, title }) => [
    {
      name: `transfer-${name}-up${suffix}`,
      unit: "ms" as const,
      phase,
      meaning: `${title} from the tester to the function: until the first byte of its answer.`,
    },
    {
      name: `transfer-${name}-down${suffix}`,
      unit: "ms" as const,
      phase,
      meaning: `${title} from the function to the tester: from the first byte of its answer to the last.`,
    },
  ]),
);

export const transfer: ObserverDefinition = {
  name: "transfer",
  summary: `Sends 1 KiB and 1 MiB to ${FUNCTION} and back, under the fault and after it, with a limit of 30 s.`,
  observables: [
    ...observables,
    {
      name: "transfer-hangs",
      unit: "count",
      phase: "fault",
      meaning: "Transfers that neither came back nor failed within 30 s.",
    },
    {
      name: "transfer-errors",
      unit: "count",
      phase: "fault",
      meaning: "Transfers that failed with an error before the limit.",
    },
  ],
  create: (context) => new TransferObserver(context),
};
