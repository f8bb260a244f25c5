import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { parse, stringify } from "yaml";

import { shownPath } from "../../config/yaml-file.ts";
import { messageOf, usageError } from "../../errors.ts";

type Entry = Record<string, unknown>;

interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name?: string; context?: { cluster?: string; user?: string } }[];
  clusters?: { name?: string; cluster?: Entry }[];
  users?: { name?: string; user?: Entry }[];
}

/** One context of a kubeconfig, that needs no other file but the program of an exec plugin. */
export interface ChosenContext {
  context: string;
  /** URL of its API. */
  server: string;
  /** The kubeconfig as it is kept in the rig's folder. */
  text: string;
}

function read(path: string): Kubeconfig {
  try {
    return (parse(readFileSync(path, "utf8")) ?? {}) as Kubeconfig;
  } catch (cause) {
    throw usageError("KUBECONFIG", "the kubeconfig cannot be read", {
      where: shownPath(path),
      expected: "a kubeconfig, such as `kubectl config view --raw --minify --flatten` prints",
      fix: "check the path",
      cause,
    });
  }
}

/** With the content of the files that `keys` name under `KEY-data`, as base64: a file may move, or be another's. */
function embedded(entry: Entry, keys: readonly string[], folder: string): Entry {
  const pairs = Object.entries(structuredClone(entry)).map(([key, value]): [string, unknown] =>
    keys.includes(key) && typeof value === "string" && value !== ""
      ? [`${key}-data`, entry[`${key}-data`] ?? readFileSync(resolve(folder, value)).toString("base64")]
      : [key, value],
  );
  return Object.fromEntries(pairs);
}

/** As kubectl has it: a token's file is read, and a plugin's relative path begins at the kubeconfig. */
function selfContainedUser(user: Entry, folder: string): Entry {
  const own = embedded(user, ["client-certificate", "client-key"], folder);
  if (typeof own.tokenFile === "string" && own.token === undefined)
    own.token = readFileSync(resolve(folder, own.tokenFile), "utf8").trim();
  delete own.tokenFile;
  const exec = own.exec as { command?: string } | undefined;
  if (exec?.command?.includes("/")) exec.command = resolve(folder, exec.command);
  return own;
}

/** @throws EdgeproofError (usage) that says what is wrong with the file, with nothing touched */
export function chooseContext(path: string, wanted?: string): ChosenContext {
  const { contexts = [], clusters = [], users = [], ...rest } = read(path);
  const where = shownPath(path);
  const name = wanted ?? rest["current-context"];
  const found = contexts.find((one) => one.name === name);
  if (name === undefined || name === "" || !found)
    throw usageError(
      "KUBECONFIG_CONTEXT",
      name ? `there is no context \`${name}\`` : "it has no current context",
      {
        where,
        expected: `one of ${contexts.map((one) => one.name).join(", ") || "its contexts, of which there are none"}`,
        fix: "name one with `--context`, or `context:` in the topology",
      },
    );
  const cluster = clusters.find((one) => one.name === found.context?.cluster)?.cluster;
  const user = users.find((one) => one.name === found.context?.user)?.user;
  if (typeof cluster?.server !== "string")
    throw usageError("KUBECONFIG", `the context \`${name}\` names no cluster with a server`, { where });
  const folder = dirname(path);
  try {
    const own = embedded(cluster, ["certificate-authority"], folder);
    const text = stringify(
      {
        ...{ apiVersion: "v1", kind: "Config", "current-context": name },
        clusters: [{ name: "cluster", cluster: own }],
        users: [{ name: "user", user: selfContainedUser(user ?? {}, folder) }],
        contexts: [{ name, context: { cluster: "cluster", user: "user" } }],
      },
      { lineWidth: 0 },
    );
    return { context: name, server: cluster.server, text };
  } catch (cause) {
    throw usageError("KUBECONFIG", `a file that it names cannot be read: ${messageOf(cause)}`, {
      where,
      cause,
    });
  }
}
