// `npm run schemas`: writes the JSON Schemas of the configuration files to fixtures/schema, and docs/faults.md.
import { writeFileSync } from "node:fs";
import { projectFile } from "../harness/project.ts";
import { generatedFiles } from "./generated.ts";

for (const [path, text] of Object.entries(await generatedFiles())) writeFileSync(projectFile(path), text);
