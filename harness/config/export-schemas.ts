import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { projectFile } from "../project.ts";
import { classesSchema, profilesSchema, topologySchema } from "./schema.ts";

/** JSON Schemas (draft 7, which editors' YAML plugins read) of the configuration files, by file name. */
export const jsonSchemas = (): Record<string, object> => {
  const schemas = { topology: topologySchema, profiles: profilesSchema, classes: classesSchema };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `${name}.schema.json`,
      z.toJSONSchema(schema, { target: "draft-7", io: "input" }),
    ]),
  );
};

/** Writes the JSON Schemas to `fixtures/schema`; editors use them to complete and check the YAML files. */
export const exportSchemas = (folder = projectFile("fixtures/schema")): void => {
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    writeFileSync(join(folder, name), `${JSON.stringify(schema, undefined, 2)}\n`);
  }
};
