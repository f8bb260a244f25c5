import { readFileSync } from "node:fs";

import { format, resolveConfig } from "prettier";

import { CATALOGUE, LAYERS } from "../chaos/faults/catalogue.ts";
import { referenceScoresJsonSchema } from "../harness/characterize/reference-scores.ts";
import { jsonSchemas } from "../harness/config/export-schemas.ts";
import { objectivesJsonSchema } from "../harness/judge/objective-json-schema.ts";
import { matrixJsonSchema } from "../harness/matrix/schema.ts";
import { projectFile } from "../harness/project.ts";
import { scenarioJsonSchema } from "../harness/scenario/json-schema.ts";
import { faultConstructors } from "./fault-constructors.ts";
import { faultsDocument } from "./faults-document.ts";
import { tutorial } from "./tutorial.ts";

const TUTORIAL = "docs/tutorial.md";

/** Nobody reads or changes it by hand. */
const ofAnyLength = (code: string): string =>
  code.split("\n").length > 300 ? code.replace("\n", "\n/* eslint-disable max-lines */\n") : code;

/** Files that are written from code, by path: `npm run schemas` writes them, `npm run check` compares them. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const schemas: Record<string, object> = {
    ...jsonSchemas(),
    "benchfaas.schema.json": matrixJsonSchema(),
    "objectives.schema.json": objectivesJsonSchema(),
    "scores.schema.json": referenceScoresJsonSchema(),
    "scenario.schema.json": scenarioJsonSchema(CATALOGUE),
  };
  const faults = "docs/faults.md";
  const style = await resolveConfig(projectFile(faults));
  const constructors = LAYERS.map(async (layer): Promise<[string, string]> => [
    `harness/library/generated/${layer}-faults.ts`,
    ofAnyLength(await format(faultConstructors(layer), { ...style, parser: "typescript" })),
  ]);
  return {
    ...Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [
        `fixtures/schema/${name}`,
        `${JSON.stringify(schema, undefined, 2)}\n`,
      ]),
    ),
    ...Object.fromEntries(await Promise.all(constructors)),
    [TUTORIAL]: tutorial(readFileSync(projectFile(TUTORIAL), "utf8")),
    [faults]: await format(faultsDocument(), { ...style, parser: "markdown" }),
  };
}
