import { join } from "node:path";

import { BIN_PATH } from "../driver/node-paths.ts";
import { RUNTIME_PATH } from "../driver/runtime-folder.ts";
import { LocalNode } from "../local/local-node.ts";
import { ProcessMarks } from "../local/process-marks.ts";
import { rigFolder } from "../rig-state.ts";
import { TESTER } from "../rig-plan.ts";
import type { TesterState } from "./cluster-state.ts";

/** All that the tester has on this machine, within the rig's folder. */
const folderOf = (rig: string): string => join(rigFolder(rig), "tester");

export const testerMarks = (rig: string): ProcessMarks => new ProcessMarks(join(folderOf(rig), "processes"));

/** This machine as the rig's tester: its temporary files lie in the rig's folder, so that two rigs do not share any. */
export function localTester(rig: string, { k6, runtime }: TesterState): LocalNode {
  const folder = folderOf(rig);
  return new LocalNode({
    ...{ name: TESTER, site: TESTER, marks: testerMarks(rig), home: folder },
    places: {
      files: { [`${BIN_PATH}/k6`]: k6, [`${RUNTIME_PATH}/node`]: process.execPath },
      folders: { [RUNTIME_PATH]: runtime, "/tmp": join(folder, "tmp"), "/run": join(folder, "run") },
    },
  });
}
