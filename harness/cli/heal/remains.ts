import { readJournal } from "../../../chaos/journal/journal.ts";
import { readRigStateNow, rigFolder } from "../../rig/rig-state.ts";

/** As `journalRemains`, with what is left on a cluster that others use. Read synchronously, as the process is about to end. */
export function remainsOf(rig: string): string[] {
  const { driver } = readRigStateNow(rig) ?? {};
  const own =
    driver?.kind === "cluster" ? [`rig ${rig}: the namespace ${driver.namespace} on ${driver.server}`] : [];
  return [...own, ...journalRemains(rig)];
}

/** For `Interrupts.setRemains`: what the rig's journal says is in force now. */
export const journalRemains = (rig: string): string[] =>
  readJournal(rigFolder(rig)).map(({ fault, what }) => `rig ${rig}: ${fault}: ${what}`);
