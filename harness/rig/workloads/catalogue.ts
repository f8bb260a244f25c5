import type { WorkloadKind } from "../../config/model.ts";
import { mosquitto } from "./mosquitto.ts";
import { nats } from "./nats.ts";
import type { WorkloadDefinition } from "./workload.ts";

const DEFINITIONS: Record<WorkloadKind, WorkloadDefinition> = { nats, mosquitto };

export const definitionOf = (kind: WorkloadKind): WorkloadDefinition => DEFINITIONS[kind];
