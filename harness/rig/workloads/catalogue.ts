import type { WorkloadKind } from "../../config/model.ts";
import { mosquitto } from "./mosquitto.ts";
import { nats } from "./nats.ts";
import { recordLog } from "./record-log.ts";
import { s3 } from "./s3.ts";
import type { WorkloadDefinition } from "./workload.ts";

const DEFINITIONS: Record<WorkloadKind, WorkloadDefinition> = {
  nats,
  mosquitto,
  s3,
  "record-log": recordLog,
};

export const definitionOf = (kind: WorkloadKind): WorkloadDefinition => DEFINITIONS[kind];
