import { readFileSync } from "node:fs";

import { projectFile } from "../harness/project.ts";

/** A marker with a file's path, and the code block after it, whatever is in it. */
const BLOCK = /(<!-- (\S+) -->\n\n```(\w+)\n)[^]*?(\n```)/g;

/** docs/tutorial.md with every code block that has a marker as that file is now. */
export const tutorial = (text: string): string =>
  text.replace(
    BLOCK,
    (_, head: string, path: string, _language: string, tail: string) =>
      `${head}${readFileSync(projectFile(path), "utf8").trimEnd()}${tail}`,
  );

/** Paths of the files that a tutorial shows. */
export const shownFiles = (text: string): string[] =>
  [...text.matchAll(BLOCK)].map(([, , path = ""]) => path);
