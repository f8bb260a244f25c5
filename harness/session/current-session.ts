import { rigError } from "../errors.ts";
import type { Session } from "./session.ts";

/** Of the process, and not of this module: a suite may have found another copy of edgeproof than the command it runs in. */
const KEY = Symbol.for("edgeproof.session");

const holder = globalThis as { [KEY]?: Session | undefined };

/** The session of the run that mocha is executing; set by the command before it loads the suites. */
export function currentSession(): Session {
  const active = holder[KEY];
  if (!active)
    throw rigError("NO_SESSION", "suites run by `edgeproof run`, not by mocha alone", {
      fix: "run it as `edgeproof run FILE`",
    });
  return active;
}

export const setCurrentSession = (session: Session | undefined): void => void (holder[KEY] = session);
