// The Kubernetes client is 970 small modules, which Node takes 2 s of CPU to find and read, on a Pi ten: more than all the rest of
// a command. As one file it is there in 0.2 s. Plain JavaScript, since it runs before anything that reads TypeScript.
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { createRequire, register } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const NAME = "@kubernetes/client-node";

const bundle = async (entry, file) => {
  const { build } = await import("esbuild");
  const unfinished = `${file}.${process.pid}`;
  try {
    await build({
      ...{ entryPoints: [entry], outfile: unfinished, bundle: true, minifyWhitespace: true },
      ...{ format: "esm", platform: "node", target: "node20", logLevel: "silent", legalComments: "none" },
      // Some of what it needs is CommonJS, and asks for Node's own modules.
      banner: {
        js: 'import{createRequire as requireOf}from"node:module";const require=requireOf(import.meta.url);',
      },
    });
    renameSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
};

/**
 * Has the package loaded from one file beside it (`node_modules/.cache/edgeproof`), which is made once for each version of it and
 * of its dependencies. Where that cannot be, everything works as it does without, a little later.
 */
export const registerBundledPackages = async () => {
  try {
    const entry = createRequire(import.meta.url).resolve(NAME);
    const modules = entry.slice(0, entry.lastIndexOf(join("/", NAME)));
    // npm writes it anew with each change of what is installed.
    const lock = join(modules, ".package-lock.json");
    const { version } = JSON.parse(readFileSync(join(modules, NAME, "package.json"), "utf8"));
    const cache = join(modules, ".cache", "edgeproof");
    const stamp = existsSync(lock) ? Math.floor(statSync(lock).mtimeMs) : 0;
    const file = join(cache, `kubernetes-client-${version}-${stamp}.mjs`);
    if (!existsSync(file)) {
      accessSync(modules, constants.W_OK);
      mkdirSync(cache, { recursive: true });
      // Of earlier versions.
      for (const name of readdirSync(cache))
        if (/^kubernetes-client-.*\.mjs$/.test(name)) rmSync(join(cache, name), { force: true });
      await bundle(entry, file);
    }
    register("./bundled-packages-hooks.mjs", import.meta.url, {
      data: { [NAME]: pathToFileURL(file).href },
    });
  } catch {
    // A read-only installation, say.
  }
};
