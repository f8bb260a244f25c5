import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where edgeproof keeps what outlives a command; the XDG specification says to ignore relative paths. */
export const stateFolder = (): string => {
  const given = process.env.XDG_STATE_HOME;
  const root = given && isAbsolute(given) ? given : join(homedir(), ".local", "state");
  return join(root, "edgeproof");
};
