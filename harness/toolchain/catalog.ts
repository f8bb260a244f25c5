import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { ConfigError, type ConfigProblem } from "../config/config-error.ts";
import { problemsOf } from "../config/problems.ts";
import { readYaml, shownPath, type YamlFile } from "../config/yaml-file.ts";
import { projectFile } from "../project.ts";

/** A go.mod + go.sum, and how the programs in it are built. */
export interface Lock {
  name: string;
  /** Absolute path. */
  folder: string;
  /** Version of the lock's main module, without the `v`. */
  version: string;
  tags: string[];
  ldflags: string;
  /** Seconds that a build took on 2 cores with empty caches. */
  coldSeconds: number;
  /** Files and folders of modules of the lock that go with its programs, such as manifests; by module. */
  files: Readonly<Record<string, readonly string[]>>;
}

export interface Program {
  name: string;
  lock: Lock;
  /** Go import path, or `.`. */
  package: string;
  for: readonly ("host" | "node")[];
  /** Arguments that make it print its version. */
  versionArgs?: string[];
}

export interface Catalog {
  go: { minimum: string; pip: { package: string; version: string } };
  programs: ReadonlyMap<string, Program>;
}

const name = z.string("a name").regex(/^[a-z][a-z0-9-]*$/, "lower-case letters, digits and dashes");
const text = z.string("text").min(1, "text");

const programSchema = z.strictObject({
  package: text,
  for: z.array(z.enum(["host", "node"], "host or node"), "a list of host and node").min(1, "host or node"),
  versionArgs: z.array(text, "a list of arguments").optional(),
});

const lockSchema = z.strictObject({
  folder: name,
  module: text,
  tags: z.array(text, "a list of build tags"),
  ldflags: z.string("linker flags"),
  coldSeconds: z.number("seconds").positive("more than 0 seconds"),
  files: z
    .record(
      text,
      z.array(text, "a list of paths").min(1, "a list of at least one path"),
      "a map from modules to paths",
    )
    .default({}),
  programs: z.record(name, programSchema, "a map of programs"),
});

const catalogSchema = z.strictObject({
  go: z.strictObject({
    minimum: z.string("a version such as 1.26.5").regex(/^\d+(\.\d+){2}$/, "a version such as 1.26.5"),
    pip: z.strictObject({ package: text, version: text }),
  }),
  locks: z.record(name, lockSchema, "a map of locks"),
});

type LockInput = z.output<typeof lockSchema>;

/** The version that go.mod requires of a module, or undefined. */
const requiredVersion = (goMod: string, module: string): string | undefined => {
  for (const line of goMod.split("\n")) {
    const [first, second] = line
      .trim()
      .replace(/^require\s+/, "")
      .split(/\s+/);
    if (first === module && second?.startsWith("v")) return second.slice(1);
  }
  return undefined;
};

const lockVersion = (
  key: string,
  input: LockInput,
  folder: string,
  yaml: YamlFile,
): string | ConfigProblem => {
  const goMod = join(folder, "go.mod");
  let content: string;
  try {
    content = readFileSync(goMod, "utf8");
  } catch {
    const where = yaml.whereValue(["locks", key, "folder"]);
    return { where, message: `\`${input.folder}\` is no lock`, expected: `a readable ${shownPath(goMod)}` };
  }
  const version = requiredVersion(content, input.module);
  if (version !== undefined) return version;
  return {
    where: yaml.whereValue(["locks", key, "module"]),
    message: `\`${input.module}\` is not in the lock`,
    expected: `a module that ${shownPath(goMod)} requires`,
  };
};

const filled = (ldflags: string, version: string): string => {
  const [major, minor] = version.split(".");
  return ldflags
    .replaceAll("{version}", version)
    .replaceAll("{major}", major!)
    .replaceAll("{minor}", minor ?? "0");
};

/**
 * The programs that edgeproof can build, in the order of the file.
 *
 * @throws ConfigError with the file and line of everything that is wrong.
 */
export const loadCatalog = (file = projectFile("fixtures/toolchain/tools.yaml")): Catalog => {
  const yaml = readYaml(file);
  const result = catalogSchema.safeParse(yaml.value);
  if (!result.success) throw new ConfigError(problemsOf(yaml, catalogSchema, result.error));
  const problems: ConfigProblem[] = [];
  const programs = new Map<string, Program>();
  for (const [key, input] of Object.entries(result.data.locks)) {
    const folder = join(dirname(file), input.folder);
    const version = lockVersion(key, input, folder, yaml);
    if (typeof version !== "string") {
      problems.push(version);
      continue;
    }
    const lock: Lock = {
      name: key,
      folder,
      version,
      tags: input.tags,
      ldflags: filled(input.ldflags, version),
      coldSeconds: input.coldSeconds,
      files: input.files,
    };
    for (const [program, { versionArgs, ...rest }] of Object.entries(input.programs)) {
      if (programs.has(program)) {
        const where = yaml.whereKey(["locks", key, "programs", program]);
        problems.push({ where, message: `\`${program}\` is there twice`, fix: "give it another name" });
      }
      programs.set(program, { name: program, lock, ...rest, ...(versionArgs && { versionArgs }) });
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { go: result.data.go, programs };
};
