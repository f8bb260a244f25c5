import { usageError } from "../../../harness/errors.ts";
import type { ReceiptCheck } from "../../../harness/record/model.ts";
import type { StreamPlan, StreamReading } from "../../probe/stream-plan.ts";
import { type RuntimePaths, streamProbe } from "../../probe/stream-probe.ts";
import type { Evidence, EvidenceWindow } from "../evidence.ts";
import { TABLE_PREFIX, redirectFrom } from "./interception.ts";
import { type StreamMeasure, judgeMeasure } from "./stream-measure.ts";
import type { StreamWay } from "./stream-way.ts";

export interface StreamProof {
  /** What each connection does. */
  shape: Pick<StreamPlan, "requests" | "padBytes" | "close" | "limitMs" | "enoughBytes">;
  /** ms between the starts of connections while the fault is in force. */
  everyMs: number;
  /** Connections before, and as many after. */
  burst: number;
  burstEveryMs: number;
  /** Fewest connections that must tell while it is in force. */
  least: number;
  measures: readonly StreamMeasure[];
}

/** A window is never longer. */
const WINDOW_MS = 3_600_000;

/** Evidence from connections of its own on the same way. The first of a burst pays for the probe's own start. */
export class StreamEvidence implements Evidence {
  private readonly way: StreamWay;
  private readonly proof: StreamProof;
  private readonly paths: RuntimePaths;
  private calm: StreamReading[] = [];

  /** @param probeShare see `FaultRig.probeShare` */
  constructor(way: StreamWay, proof: StreamProof, paths: RuntimePaths, probeShare = 1) {
    const { everyMs, burstEveryMs } = proof;
    this.way = way;
    this.proof = { ...proof, everyMs: everyMs / probeShare, burstEveryMs: burstEveryMs / probeShare };
    this.paths = paths;
  }

  async before(): Promise<ReceiptCheck[]> {
    await this.refuseTakenWay();
    this.calm = await this.burst();
    return this.judge("before", this.calm);
  }

  during(): EvidenceWindow {
    const { shape, everyMs } = this.proof;
    const abort = new AbortController();
    const count = Math.ceil(WINDOW_MS / everyMs);
    const probing = streamProbe(this.way.probe, { ...shape, everyMs, count }, this.paths, abort.signal);
    probing.catch(() => undefined);
    return {
      stop: async () => {
        abort.abort();
        return this.judge("during", (await probing).slice(1));
      },
    };
  }

  async after(): Promise<ReceiptCheck[]> {
    return this.judge("after", await this.burst());
  }

  private async burst(): Promise<StreamReading[]> {
    const { shape, burst, burstEveryMs } = this.proof;
    const plan = { ...shape, everyMs: burstEveryMs, count: burst + 1 };
    return (await streamProbe(this.way.probe, plan, this.paths)).slice(1);
  }

  private judge(when: "before" | "during" | "after", readings: StreamReading[]): ReceiptCheck[] {
    const { measures, least, burst } = this.proof;
    const how = { subject: this.way.name, when, least: when === "during" ? least : burst };
    return measures.map((measure) => judgeMeasure(measure, how, readings, this.calm));
  }

  /** Of two tables for one way the kernel would follow the first, and neither receipt could hold. */
  private async refuseTakenWay(): Promise<void> {
    const { machine, name } = this.way;
    const { stdout } = await machine.exec(["nft", "-n", "list", "ruleset"], { allowFailure: true });
    const tables = stdout.split(/^table /m).filter((table) => table.startsWith(`ip ${TABLE_PREFIX}`));
    if (tables.some((table) => table.includes(redirectFrom(this.way))))
      throw usageError("STREAM_WAY_TAKEN", `${name} is under a stream fault already`, {
        expected: "one stream fault at a time on each way",
        fix: "let them follow one another; `edgeproof status` shows what is in force",
      });
  }
}
