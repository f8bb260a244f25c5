import { doctorInventory } from "./doctor-inventory.ts";
import { ExitCode } from "../../exit-codes.ts";
import { canInstall, missing } from "../../setup/apt.ts";
import { engineAnswers } from "../../setup/own-engine.ts";
import { readInotifyNeed } from "../../setup/inotify.ts";
import { DOCKER_CLIENT, ENGINE_PROGRAMS, REPORT_PROGRAMS } from "../../setup/prepare-host.ts";
import { type Need, toolchainNeeds } from "../../toolchain/doctor.ts";

async function hostNeeds(): Promise<Need[]> {
  const answers = await engineAnswers();
  const installs = canInstall();
  const absent = new Set(
    missing([...ENGINE_PROGRAMS, ...REPORT_PROGRAMS, DOCKER_CLIENT]).map(({ program }) => program),
  );
  const engine: Need = answers
    ? { name: "container engine", state: "ok", detail: "a Docker Engine answers" }
    : installs
      ? { name: "container engine", state: "will-install", detail: "none answers; dockerd will be started" }
      : { name: "container engine", state: "missing", detail: "none answers", fix: "start Docker" };
  const programs = [DOCKER_CLIENT, ...(answers ? [] : ENGINE_PROGRAMS), ...REPORT_PROGRAMS].map(
    ({ program, debianPackage, purpose }): Need => {
      if (!absent.has(program)) return { name: program, state: "ok", detail: purpose };
      if (installs)
        return { name: program, state: "will-install", detail: `${purpose}; by apt-get ${debianPackage}` };
      return {
        name: program,
        state: "missing",
        detail: purpose,
        fix: `install ${debianPackage} (Debian) or its like`,
      };
    },
  );
  const inotify = readInotifyNeed();
  return [engine, ...programs, ...(inotify ? [inotify] : [])];
}

export interface DoctorOptions {
  json: boolean;
  /** The nodes of this file, instead of this machine. */
  inventory?: string;
}

/** Shows each need, its state and its fix; changes nothing. Exit code 0 if everything is there or can be got. */
export async function doctor({ json, inventory }: DoctorOptions): Promise<ExitCode> {
  if (inventory !== undefined) return doctorInventory(inventory, json);
  const needs = [...(await hostNeeds()), ...(await toolchainNeeds())];
  const unmet = needs.filter(({ state }) => state === "missing");
  if (json) process.stdout.write(`${JSON.stringify(needs, undefined, 2)}\n`);
  else {
    const width = Math.max(...needs.map(({ name }) => name.length));
    for (const { name, state, detail, fix } of needs) {
      process.stdout.write(`${state.padEnd(12)}  ${name.padEnd(width)}  ${detail}\n`);
      if (state === "missing" && fix) process.stdout.write(`${" ".repeat(width + 16)}fix: ${fix}\n`);
    }
    process.stdout.write(unmet.length === 0 ? "ready\n" : `${unmet.length} needs are not met\n`);
  }
  return unmet.length === 0 ? ExitCode.met : ExitCode.usage;
}
