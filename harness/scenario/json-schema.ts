import { z } from "zod";

import type { FaultDefinition } from "../../chaos/faults/definition.ts";
import { linkSelector, machineSelector, streamSelector } from "../../chaos/targets/selector-schema.ts";
import { objectiveJsonSchema } from "../judge/objective-json-schema.ts";
import { faultFrame, scenarioSchema } from "./schema.ts";

interface JsonObject {
  [key: string]: unknown;
  properties?: Record<string, JsonObject>;
  required?: string[];
  items?: JsonObject;
}

const options = { target: "draft-7", io: "input", unrepresentable: "any" } as const;

const toJson = (schema: z.core.$ZodType): JsonObject => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, options) as JsonObject;
  return rest;
};

const SELECTORS = { nodes: machineSelector, links: linkSelector, stream: streamSelector };

/** Said once, and referred to by every fault. */
const definitions = (): Record<string, JsonObject> => {
  const { target: _, fault: __, ...frame } = faultFrame;
  return {
    ...Object.fromEntries(Object.entries(SELECTORS).map(([name, schema]) => [name, toJson(schema)])),
    ...toJson(z.strictObject(frame)).properties,
  };
};

const reference = (name: string): JsonObject => ({ $ref: `#/definitions/${name}` });

/** One fault of the catalogue with its own parameters beside the keys of every fault. */
function faultJsonSchema({ name, summary, target, parameters }: FaultDefinition): JsonObject {
  const own = toJson(parameters);
  const { target: _, fault: __, ...frame } = faultFrame;
  const needed = target === "rig" ? ["fault"] : ["fault", "target"];
  return {
    type: "object",
    description: summary,
    properties: {
      fault: { const: name },
      ...(target === "rig" ? {} : { target: reference(target) }),
      ...Object.fromEntries(Object.keys(frame).map((key) => [key, reference(key)])),
      ...own.properties,
    },
    required: [...needed, ...(own.required ?? [])],
    additionalProperties: false,
  };
}

/** JSON Schema of a scenario, with the parameters of every fault of the catalogue. */
export function scenarioJsonSchema(catalogue: readonly FaultDefinition[]): object {
  const whole = z.toJSONSchema(scenarioSchema, options) as JsonObject;
  const { objectives } = whole.properties ?? {};
  const faults = whole.properties?.phases?.properties?.fault?.properties?.faults;
  if (objectives === undefined || faults === undefined) throw new Error("the scenario's schema has changed");
  objectives.items = objectiveJsonSchema() as JsonObject;
  faults.items = { anyOf: catalogue.map(faultJsonSchema) };
  return { ...whole, definitions: definitions() };
}
