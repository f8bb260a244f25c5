import { readFileSync } from "node:fs";

import { projectFile } from "../../../project.ts";

const text = (name: string): string =>
  readFileSync(projectFile("harness/rig/driver/ssh/remote", `${name}.sh`), "utf8");

/** What runs on nodes before there is an agent, and after it. Constant texts: data reaches them as arguments or input. */
export const remoteScript = {
  facts: () => text("facts"),
  claim: () => text("claim"),
  put: () => text("put"),
  startAgent: () => text("start-agent"),
  remove: () => text("remove"),
  power: () => text("power"),
  preflight: () => text("preflight"),
};
