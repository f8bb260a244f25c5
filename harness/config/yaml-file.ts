import { readFileSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import { isMap, isNode, LineCounter, parseDocument, type Document, type Pair, type Scalar } from "yaml";
import { usageError } from "../errors.ts";
import { ConfigError } from "./config-error.ts";

export type Path = readonly (string | number)[];

/** A parsed YAML file that still knows where everything was written. */
export interface YamlFile {
  value: unknown;
  /** `file:line:column` of a value, or of its nearest written ancestor. */
  whereValue(path: Path): string;
  /** The same for the key of a map entry. */
  whereKey(path: Path): string;
}

/** How a file is named in messages: relative to the working folder if it is below it. */
export const shownPath = (file: string): string => {
  const near = relative(process.cwd(), file);
  return near === "" || near.startsWith("..") || isAbsolute(near) ? file : near;
};

const keyNode = (document: Document, path: Path): Scalar | undefined => {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item: Pair) => String(item.key) === String(path.at(-1)));
  return isNode(pair?.key) ? (pair.key as Scalar) : undefined;
};

/** Parses YAML text; every syntax error is reported at once as a `ConfigError`. */
export const parseYaml = (text: string, file: string): YamlFile => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${shownPath(file)}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    throw new ConfigError(
      faults.map(({ message, pos }) => ({ where: at(pos[0]), message, expected: "valid YAML 1.2" })),
    );
  }
  const whereValue = (path: Path): string => {
    for (let depth = path.length; depth > 0; depth--) {
      const node: unknown = document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return at(node.range[0]);
    }
    return at(document.contents?.range[0] ?? 0);
  };
  const whereKey = (path: Path): string => {
    const key = path.length === 0 ? undefined : keyNode(document, path);
    return key?.range ? at(key.range[0]) : whereValue(path);
  };
  return { value: document.toJS() as unknown, whereValue, whereKey };
};

/** Reads and parses a YAML file. */
export const readYaml = (file: string): YamlFile => {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw usageError("config-unreadable", "the configuration file cannot be read", {
      where: shownPath(file),
      expected: "a readable YAML file",
      fix: "check the path and its permissions",
      cause,
    });
  }
  return parseYaml(text, file);
};
