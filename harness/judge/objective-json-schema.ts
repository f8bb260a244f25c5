import { z } from "zod";

import { objectiveSchemas } from "./objective-schema.ts";

const options = { target: "draft-7", io: "input", unrepresentable: "any" } as const;

/** One objective: which keys it has depends on its `quantity`. */
export const objectiveJsonSchema = (): object => {
  const schemas = Object.values(objectiveSchemas).map((schema) => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, options);
    return rest;
  });
  return { anyOf: schemas };
};

/** JSON Schema of a file of objectives. */
export const objectivesJsonSchema = (): object => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties: { objectives: { type: "array", minItems: 1, items: objectiveJsonSchema() } },
  required: ["objectives"],
  additionalProperties: false,
});
