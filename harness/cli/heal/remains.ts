import { readJournal } from "../../../chaos/journal/journal.ts";
import { rigFolder } from "../../rig/rig-state.ts";

/** For `Interrupts.setRemains`: what the rig's journal says is in force now. */
export const journalRemains = (rig: string): string[] =>
  readJournal(rigFolder(rig)).map(({ fault, what }) => `rig ${rig}: ${fault}: ${what}`);
