// `npm run build`: compiles edgeproof to dist/, as `npm pack` packs it. Node strips no types below node_modules, and users'
// compilers want declarations.
import { rmSync } from "node:fs";

import { execa } from "execa";

import { projectFile } from "../harness/project.ts";

rmSync(projectFile("dist"), { recursive: true, force: true });
await execa("tsc", ["-p", "tsconfig.build.json"], {
  cwd: projectFile("."),
  preferLocal: true,
  localDir: projectFile("."),
  stdio: "inherit",
}).catch(() => (process.exitCode = 1));
