// `npm run schemas`: writes the JSON Schemas of the configuration files to fixtures/schema.
import { exportSchemas } from "../harness/config/export-schemas.ts";

exportSchemas();
