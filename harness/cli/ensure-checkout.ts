import { usageError } from "../errors.ts";
import { isCheckout, projectFile } from "../project.ts";

/** For commands that test edgeproof itself: an installed package has neither tests nor sources. @throws EdgeproofError (usage) */
export function ensureCheckout(command: string): void {
  if (isCheckout()) return;
  throw usageError("NO_CHECKOUT", `\`edgeproof ${command}\` tests edgeproof itself`, {
    where: projectFile("."),
    expected: "a checkout of edgeproof's repository, not an installed package",
    fix: "run a suite of your own with `edgeproof run FILE`",
  });
}
