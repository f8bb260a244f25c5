import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";
import type { Scalar } from "./workflow-file.ts";

/** What stands for an action on this machine. */
export interface StandIn {
  state: "ok" | "failed" | "differs" | "not-here";
  text: string;
}

export interface LocalJob {
  /** Checkout that is cloned. */
  repository: string;
  /** Where the steps run. */
  workspace: string;
}

type With = Readonly<Record<string, Scalar>>;
type Local = (given: With, job: LocalJob) => Promise<StandIn> | StandIn;

const git = async (folder: string, ...argv: string[]): Promise<string> =>
  (await execa("git", ["-C", folder, ...argv])).stdout;

/** A clone of what is committed here: what is not committed is not there for GitHub, either. */
const checkout: Local = async ({ repository, path }, { repository: root, workspace }) => {
  if (repository || path) return { state: "not-here", text: "another repository, or another folder" };
  await execa("git", ["clone", "--quiet", "--no-hardlinks", root, workspace]);
  const open = (await git(root, "status", "--porcelain")).split("\n").filter(Boolean).length;
  const commit = await git(workspace, "rev-parse", "--short", "HEAD");
  const rest = open > 0 ? `; ${open} files here are not committed, and so not in it` : "";
  return { state: "ok", text: `clone of ${commit}${rest}` };
};

const startsWith = (version: string, wanted: string): boolean => `${version}.`.startsWith(`${wanted}.`);

const setupNode: Local = ({ "node-version": wanted = "" }) => {
  const { node } = process.versions;
  const same = startsWith(node, String(wanted));
  return { state: same ? "ok" : "differs", text: `Node ${node}${same ? "" : `, not ${wanted}`}` };
};

const numbers = (version: string): number[] => version.split(".").map(Number);

const isAtLeast = (version: string, least: string): boolean => {
  const [a, b] = [numbers(version), numbers(least)];
  for (const [index, part] of b.entries()) if ((a[index] ?? 0) !== part) return (a[index] ?? 0) > part;
  return true;
};

const setupGo: Local = async ({ "go-version-file": file = "" }, { workspace }) => {
  const wanted = /^go (\S+)/m.exec(readFileSync(join(workspace, String(file)), "utf8"))?.[1] ?? "";
  const { stdout, failed } = await execa("go", ["env", "GOVERSION"], { reject: false });
  const has = failed ? "" : stdout.replace(/^go/, "");
  if (has === "") return { state: "differs", text: `no Go, and ${wanted} is wanted` };
  const same = isAtLeast(has, wanted);
  return { state: same ? "ok" : "differs", text: `Go ${has}${same ? "" : `, older than ${wanted}`}` };
};

/** Files at a path, itself or below it. */
const filesAt = (path: string): string[] => {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats ? [path] : [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
};

/** What would be uploaded. */
const upload: Local = ({ path = "", "if-no-files-found": none = "warn" }, { workspace }) => {
  const paths = String(path).split("\n").filter(Boolean);
  if (paths.some((one) => /[*?!]/.test(one))) return { state: "not-here", text: "a pattern of files" };
  const files = [...new Set(paths.flatMap((one) => filesAt(resolve(workspace, one))))];
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  if (files.length === 0)
    return { state: none === "error" ? "failed" : "differs", text: `nothing is at ${paths.join(", ")}` };
  return { state: "ok", text: `${files.length} files, ${(bytes / 1e6).toFixed(1)} MB` };
};

const nothing =
  (state: StandIn["state"], text: string): Local =>
  () => ({ state, text });

const LOCAL: Readonly<Record<string, Local>> = {
  "actions/checkout": checkout,
  "actions/setup-node": setupNode,
  "actions/setup-go": setupGo,
  "actions/cache": nothing("ok", "no cache: this machine's own folders are used"),
  "actions/upload-artifact": upload,
  "actions/upload-pages-artifact": upload,
};

/** Does what an action means on this machine, or says that nothing here does. */
export async function standIn(uses: string, given: With, job: LocalJob): Promise<StandIn> {
  const local = LOCAL[uses.split("@")[0] ?? ""];
  return local ? local(given, job) : { state: "not-here", text: "nothing on this machine stands for it" };
}
