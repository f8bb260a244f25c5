import { execa } from "execa";

import { messageOf, usageError } from "../errors.ts";

/** An opener that has not ended by then has become the browser itself. */
const STARTED_MS = 5_000;

/** The program that opens a file with what the user has chosen for it. */
export const openerOf = (platform: NodeJS.Platform, file: string): [program: string, ...argv: string[]] => {
  if (platform === "darwin") return ["open", file];
  // `start` would need a shell.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", file];
  return ["xdg-open", file];
};

/** Opens a file in the user's browser. Usage error `open-failed` where nothing can. */
export async function openFile(file: string, platform: NodeJS.Platform = process.platform): Promise<void> {
  const [program, ...argv] = openerOf(platform, file);
  const child = execa(program, argv, { stdio: "ignore", detached: true, cleanup: false });
  const timer = new Promise<"started">((resolve) => setTimeout(() => resolve("started"), STARTED_MS).unref());
  try {
    await Promise.race([child, timer]);
    child.unref();
  } catch (cause) {
    throw usageError("open-failed", `the page could not be opened: ${messageOf(cause).split("\n")[0]}`, {
      where: program,
      expected: "a desktop with a browser",
      fix: `open it yourself: ${file}`,
      cause,
    });
  }
}
