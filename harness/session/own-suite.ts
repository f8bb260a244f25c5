import { existsSync } from "node:fs";
import { basename } from "node:path";

import { shownPath } from "../config/yaml-file.ts";
import { usageError } from "../errors.ts";
import { userFile } from "../project.ts";
import type { SuiteEntry } from "./suite-catalog.ts";

/** What a project has beside its suites, where it is not named. */
const TOPOLOGY = "topology.yaml";
const OBJECTIVES = "objectives.yaml";

/** The name that a suite's file gives to its run: `suites/My edge.suite.ts` is `my-edge`. */
export const nameOfFile = (file: string): string =>
  basename(file)
    .replace(/(\.suite|\.test)?\.[cm]?[jt]s$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "") || "suite";

/**
 * A suite that is in no catalogue: files of mocha tests, relative to the working folder. Its objectives are those of
 * `objectives.yaml` there, its topology that of `topology.yaml`, else edgeproof's `quickstart`, unless others are named.
 *
 * @throws EdgeproofError (usage) where a file is missing
 */
export function ownSuite(
  files: readonly string[],
  { topology, objectives }: { topology?: string | undefined; objectives?: string | undefined },
): SuiteEntry {
  for (const file of files)
    if (!existsSync(userFile(file)))
      throw usageError("suite-missing", `there is no file \`${file}\``, {
        where: shownPath(userFile(file)),
        expected: "a file of mocha tests, relative to the working folder",
        fix: "check the path",
      });
  const asked = objectives ?? OBJECTIVES;
  if (!existsSync(userFile(asked)))
    throw usageError("suite-objectives", "nothing says what this suite is to be judged by", {
      where: shownPath(userFile(asked)),
      expected: "a file of objectives; docs/objectives.md",
      fix: "write one, or name another with `--objectives FILE`",
    });
  return {
    topology: topology ?? (existsSync(userFile(TOPOLOGY)) ? userFile(TOPOLOGY) : "quickstart"),
    objectives: userFile(asked),
    files: files.map((file) => userFile(file)),
  };
}
