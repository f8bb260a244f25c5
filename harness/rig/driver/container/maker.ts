import { readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { stateFolder } from "../../../state-folder.ts";
import { lives, type ProcessMark, thisProcess } from "../../process-mark.ts";

/** Who made a container or a network: the folder that its rig's state is kept in, and the process. */
const LABEL_STATE = "edgeproof.state";
const LABEL_PROCESS = "edgeproof.process";
const LABEL_HOST = "edgeproof.host";

/** Of what this process makes. Neither is a secret: a path, a number. */
export function makerLabels(): Record<string, string> {
  const { pid, started } = thisProcess();
  return { [LABEL_STATE]: stateFolder(), [LABEL_PROCESS]: `${pid} ${started}`, [LABEL_HOST]: hostname() };
}

/** Undefined where the labels are not there or not of our making. */
function processIn(text: string | undefined): ProcessMark | undefined {
  const [, pid, started] = /^(\d+) (.+)$/.exec(text ?? "") ?? [];
  return pid === undefined || started === undefined ? undefined : { pid: Number(pid), started };
}

/** Whether a state folder tells of the rig; also where it cannot be looked into: it is somebody else's then. */
function tellsOf(folder: string, rig: string): boolean {
  try {
    return readdirSync(join(folder, "rigs")).includes(rig);
  } catch (error) {
    return !["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
  }
}

/**
 * Why something that carries a rig's label may be in use by somebody that this state folder knows nothing of, in words;
 * undefined where it is this one's own, or an orphan: its maker is gone, and no state folder tells of its rig. What has no
 * maker's labels, or those of another host, cannot be told from what is in use.
 */
export function whyOthers(rig: string, labels: Readonly<Record<string, string>>): string | undefined {
  const { [LABEL_STATE]: folder, [LABEL_PROCESS]: text, [LABEL_HOST]: host } = labels;
  const maker = processIn(text);
  if (folder === undefined || maker === undefined) return "an edgeproof that did not say who it is made it";
  if (host !== hostname()) return `it was made from ${host}`;
  if (folder === stateFolder()) {
    const going = lives(maker) && maker.pid !== process.pid && !tellsOf(folder, rig);
    return going ? `process ${maker.pid} is making it` : undefined;
  }
  if (lives(maker)) return `process ${maker.pid} made it, with its state in ${folder}`;
  return tellsOf(folder, rig) ? `its state is in ${folder}` : undefined;
}
