// Installs the npm packages if need be, then runs the command: `node scripts/bootstrap.mjs quickstart|test|test:vm|test:ssh|bench ...`.
// Plain JavaScript without packages, since it runs before there are any.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const windows = process.platform === "win32";

const fail = (code, message, fix, exitCode) => {
  console.error(`error: ${message} [${code}]\n  fix: ${fix}`);
  process.exit(exitCode);
};

const lockOf = (path) => {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8")).packages;
  } catch {
    return undefined;
  }
};

/**
 * Whether node_modules is what package-lock.json says. npm writes its own record last, so a cut-off install has none,
 * and it also knows of installs that the user made.
 */
const packagesAreReady = () => {
  const wanted = lockOf("package-lock.json");
  const installed = lockOf("node_modules/.package-lock.json");
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === "" || installed[path]?.version === version) return true;
    return !installed[path] && Boolean(optional || devOptional || peer);
  });
};

// The terminal sends Ctrl-C to the whole group, and npm passes on its own copy: within this many milliseconds they are
// one and the same.
const sameSignalMs = 500;

/** Runs a program in a group of its own, so that each signal reaches it once, from here, and waits for its end. */
const run = (file, argv, stdio, onStderr) =>
  new Promise((resolve, reject) => {
    const child = spawn(file, argv, { cwd: process.cwd(), stdio, detached: !windows });
    const lastSent = new Map();
    const forward = (signal) => {
      const now = performance.now();
      if (now - (lastSent.get(signal) ?? -Infinity) < sameSignalMs) return;
      lastSent.set(signal, now);
      child.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, forward);
    child.stderr?.on("data", onStderr);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve({ code, signal, interrupted: lastSent.size > 0 });
    });
  });

const npmCommand = (argv) =>
  process.env.npm_execpath
    ? [process.execPath, [process.env.npm_execpath, ...argv]]
    : windows
      ? ["cmd.exe", ["/d", "/c", "npm", ...argv]]
      : ["npm", argv];

const installPackages = async () => {
  const count = Object.keys(lockOf("package-lock.json") ?? {}).length - 1;
  const started = performance.now();
  const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`;
  const terminal = process.stderr.isTTY;
  console.error(`installing up to ${count} npm packages ...`);
  const clock = setInterval(
    () => process.stderr.write(terminal ? `\r  ${seconds()} ` : `  ${seconds()}\n`),
    terminal ? 1_000 : 15_000,
  );
  let complaints = "";
  // Install scripts are not needed: esbuild, koffi and tsx get their binaries as packages of the platform.
  const argv = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", root];
  try {
    const { code, interrupted } = await run(...npmCommand(argv), ["ignore", "ignore", "pipe"], (chunk) => {
      complaints += chunk;
    });
    if (interrupted) process.exit(130);
    if (code === 0) return console.error(`${terminal ? "\r" : ""}npm packages installed in ${seconds()}`);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    fail("npm-missing", "npm is not on PATH", "install npm (it comes with Node) and run again", 64);
  } finally {
    clearInterval(clock);
  }
  console.error(`${terminal ? "\r" : ""}${complaints.trim()}`);
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(complaints))
    fail(
      "npm-offline",
      "npm cannot reach its registry",
      "check the network and npm's proxy settings, then run again",
      3,
    );
  if (/ENOSPC/.test(complaints))
    fail("disk-full", "no space is left on the disk", "free about 500 MB for node_modules and run again", 3);
  fail("npm-failed", "`npm ci` failed", "read npm's words above", 3);
};

if (!packagesAreReady()) await installPackages();
const [command, ...rest] = process.argv.slice(2);
const scripts = { "test:vm": "test-vm.ts", "test:ssh": "test-ssh.ts" };
const program =
  command in scripts
    ? ["--import", import.meta.resolve("tsx"), join(root, "scripts", "vm", scripts[command]), ...rest]
    : [join(root, "scripts", "edgeproof.mjs"), ...process.argv.slice(2)];
const { code, signal } = await run(process.execPath, program, "inherit");
if (signal) process.kill(process.pid, signal);
else process.exitCode = code;
