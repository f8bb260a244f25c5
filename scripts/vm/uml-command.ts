import { availableParallelism } from "node:os";
import { join } from "node:path";

import { projectFile } from "../../harness/project.ts";
import type { MachineCommand, RigMachineSpec } from "./rig-machine.ts";
import { umlAccessAddress, umlAccessHardware } from "./rig-recipe.ts";
import { accessCard, rigCard, type UmlNetwork } from "./uml-network.ts";

/**
 * A machine whose kernel is a program of this host (user-mode Linux): at the processor's own speed, with one core. It stays
 * on one of the host's, since handing a system call from one process to another takes 5 times as long between two. The first
 * machine has a core alone, and the last ones share.
 */
export async function umlCommand(spec: RigMachineSpec, network: UmlNetwork): Promise<MachineCommand> {
  const { image, index, name, folder } = spec;
  const port = await network.leadTo(umlAccessAddress(index));
  const core = Math.min(index, availableParallelism() - 1);
  const argv = [
    ...network.inside,
    // With all of its processes: it has one for each of its programs.
    ...["unshare", "--pid", "--mount-proc", "--fork", "--kill-child=KILL"],
    // Its memory is a file: of /dev/shm unless this names a folder, whose disk would have it written back again and again.
    ...["env", "--unset=TMPDIR", `UML_KERNEL=${image.kernel}`, "taskset", "--cpu-list", String(core)],
    // As much memory after a reboot as before it.
    ...["setarch", "--addr-no-randomize", projectFile("scripts/vm/uml-start.sh")],
    // Not isolated from this host's user by it, as by ptrace (the kernel's `--help`): only programs of the rig run in it.
    "seccomp=on",
    ...[`mem=${spec.memoryMiB}M`, `umid=${name}`, `uml_dir=${join(folder, "uml")}`],
    ...[`ubd0=${join(folder, `${name}.changes`)},${image.disk}`, `ubd1r=${spec.payload}`],
    ...["root=/dev/ubda", "rw", "panic=-1", `systemd.hostname=${name}`],
    ...["con=null", "con0=null,fd:1", "ssl=null"],
    `vec0:transport=tap,ifname=${accessCard(index)},mac=${umlAccessHardware(index)}`,
    `vec1:transport=tap,ifname=${rigCard(index)},mac=${network.hardware(index)}`,
  ];
  return { argv, port };
}
