import { freePort } from "./free-port.ts";
import type { MachineCommand, RigMachineSpec } from "./rig-machine.ts";
import { accessHardware, rigHardware } from "./rig-recipe.ts";

const HARDWARE = {
  amd64: {
    program: "qemu-system-x86_64",
    machine: ["-M", "q35", "-cpu", "max"],
    console: "ttyS0",
  },
  arm64: {
    program: "qemu-system-aarch64",
    // Without pointer authentication, whose emulation costs a fifth of the processor.
    machine: ["-M", "virt", "-cpu", "cortex-a72"],
    console: "ttyAMA0",
  },
} as const;

/**
 * A machine whose processor QEMU emulates, with two cores.
 * @param networkPort UDP port on the loopback by which the machines' second cards are one network
 */
export async function qemuCommand(spec: RigMachineSpec, networkPort: number): Promise<MachineCommand> {
  const port = await freePort();
  const { program, machine, console } = HARDWARE[spec.architecture];
  const { image, index, name } = spec;
  const kernel = `root=/dev/vda rw console=${console} panic=-1 mitigations=off systemd.hostname=${name}`;
  const clock = spec.architecture === "amd64" ? " clocksource=tsc tsc=reliable" : "";
  const argv = [
    ...[program, ...machine],
    ...["-accel", "tcg,thread=multi,tb-size=256", "-smp", "2", "-m", String(spec.memoryMiB)],
    ...["-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot"],
    ...["-kernel", image.kernel, "-initrd", image.initrd, "-append", `${kernel}${clock}`],
    ...["-drive", `file=${image.disk},if=none,id=disk,format=raw,snapshot=on,cache=unsafe`],
    ...["-device", "virtio-blk-pci,drive=disk"],
    ...["-drive", `file=${spec.payload},if=none,id=payload,format=raw,readonly=on`],
    ...["-device", "virtio-blk-pci,drive=payload"],
    ...["-netdev", `user,id=access,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`],
    ...["-device", `virtio-net-pci,netdev=access,mac=${accessHardware},romfile=`],
    ...["-netdev", `socket,id=rig,mcast=230.77.0.1:${networkPort},localaddr=127.0.0.1`],
    ...["-device", `virtio-net-pci,netdev=rig,mac=${rigHardware(index)},romfile=`],
    ...["-device", "virtio-rng-pci"],
  ];
  return { argv, port };
}
