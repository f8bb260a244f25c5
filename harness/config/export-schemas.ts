import { z } from "zod";
import { inventorySchema } from "./inventory-schema.ts";
import { clusterTopologySchema } from "./cluster-schema.ts";
import { classesSchema, profilesSchema, topologySchema } from "./schema.ts";

/** JSON Schemas (draft 7, which editors' YAML plugins read) of the configuration files, by file name. */
export const jsonSchemas = (): Record<string, object> => {
  const schemas = {
    topology: z.union([topologySchema, clusterTopologySchema]),
    profiles: profilesSchema,
    classes: classesSchema,
    inventory: inventorySchema,
  };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `${name}.schema.json`,
      z.toJSONSchema(schema, { target: "draft-7", io: "input" }),
    ]),
  );
};
