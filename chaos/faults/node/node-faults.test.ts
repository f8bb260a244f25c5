import { expect } from "chai";

import { EdgeproofError } from "../../../harness/errors.ts";
import type { FaultDefinition } from "../definition.ts";
import { clockSkew } from "./clock-skew.ts";
import { containerRuntimeStopped } from "./container-runtime-stopped.ts";
import { cpuPressure } from "./cpu-pressure.ts";
import { diskFull } from "./disk-full.ts";
import { diskSlow } from "./disk-slow.ts";
import { kubeletStopped } from "./kubelet-stopped.ts";
import { memoryPressure } from "./memory-pressure.ts";
import { nodeKill } from "./node-kill.ts";
import { nodePause } from "./node-pause.ts";
import { nodeReboot } from "./node-reboot.ts";
import { nodeRestart } from "./node-restart.ts";
import { nodeStop } from "./node-stop.ts";
import { untilBootIdIsNot } from "./reboot.ts";
import { FakeMachine, tryFault } from "./testing.ts";

const CASES: [FaultDefinition, object][] = [
  [nodeKill, {}],
  [nodeStop, {}],
  [nodePause, {}],
  [nodeRestart, {}],
  [kubeletStopped, {}],
  [containerRuntimeStopped, { signal: "SIGKILL" }],
  [cpuPressure, { workers: 2, load: "50%" }],
  [memoryPressure, { bytes: "1GiB" }],
  [memoryPressure, { bytes: "64MiB" }],
  [memoryPressure, { leave: "30%" }],
  [diskFull, { path: "/run", leave: "4MiB" }],
  [diskFull, { path: "/run", take: "1MiB" }],
  [diskSlow, { bytesPerSecond: "1MiB" }],
  [diskSlow, { latency: "50ms" }],
];

const refusal = async (
  definition: FaultDefinition,
  params: object,
  machine = new FakeMachine(),
): Promise<EdgeproofError> => {
  const error = await tryFault(definition, params, machine).then(
    () => expect.fail("it was not refused"),
    (cause: unknown) => cause,
  );
  expect(error).to.be.instanceOf(EdgeproofError);
  expect(machine.asked).to.deep.equal([]);
  return error as EdgeproofError;
};

describe("faults of machines", () => {
  for (const [definition, params] of CASES) {
    const title = `${definition.name} ${JSON.stringify(params)}`;

    it(`${title}: holds where it works, and its undo data alone puts it back`, async () => {
      const receipt = await tryFault(definition, params, new FakeMachine());
      expect(receipt.reasons).to.deep.equal([]);
      expect(receipt.held).to.equal(true);
    });

    it(`${title}: does not hold where nothing has an effect`, async () => {
      const machine = new FakeMachine();
      machine.works = false;
      const receipt = await tryFault(definition, params, machine);
      expect(receipt.during.some(({ held }) => !held)).to.equal(true);
      expect(receipt.held).to.equal(false);
    });
  }

  const NOTHING: [FaultDefinition, object][] = [
    [cpuPressure, { workers: 0 }],
    [cpuPressure, { workers: 2, load: "0%" }],
    [memoryPressure, { bytes: "0B" }],
    [memoryPressure, { leave: "100%" }],
    [diskFull, { path: "/run", take: "0B" }],
    [diskSlow, { latency: "0ms" }],
  ];
  for (const [definition, params] of NOTHING)
    for (const works of [true, false])
      it(`${definition.name} ${JSON.stringify(params)}: nothing asked holds, ${works ? "" : "also "}where ${works ? "it works" : "nothing has an effect"}`, async () => {
        const machine = new FakeMachine();
        machine.works = works;
        expect((await tryFault(definition, params, machine)).reasons).to.deep.equal([]);
      });

  it("do not hold where the undo had no effect", async () => {
    const machine = new FakeMachine();
    const rig = machine.rig();
    const stuck = { ...rig, power: { ...rig.power, start: () => Promise.resolve() } };
    const receipt = await tryFault(nodeKill, {}, machine, stuck);
    expect(receipt.after.map(({ held }) => held)).to.deep.equal([false, false]);
    expect(receipt.held).to.equal(false);
  });

  it("refuse more workers than the machine has CPUs, and more memory than 90 % of what is available", async () => {
    expect((await refusal(cpuPressure, { workers: 5 })).code).to.equal("CPU_PRESSURE_TOO_LARGE");
    expect((await refusal(memoryPressure, { bytes: "3.7GiB" })).expected).to.contain("90 %");
    expect((await refusal(memoryPressure, { leave: "5%" })).code).to.equal("MEMORY_PRESSURE_SIZE");
    expect((await refusal(memoryPressure, { bytes: "10MiB" })).code).to.equal("MEMORY_PRESSURE_SIZE");
  });

  it("never fill what may be the host's disk", async () => {
    for (const disk of [
      { mount: "/var/lib/kubelet", type: "ext4" },
      { mount: "/", type: "overlay" },
      { mount: "/opt/host", type: "tmpfs" },
    ]) {
      const machine = new FakeMachine();
      Object.assign(machine.disk, disk);
      const error = await refusal(diskFull, { path: disk.mount, leave: "1MiB" }, machine);
      expect(error.code).to.equal("DISK_OF_THE_HOST");
      const real = await tryFault(diskFull, { path: disk.mount, leave: "1MiB" }, machine, machine.rig("ssh"));
      expect(real.reasons).to.deep.equal([]);
    }
  });

  it("refuse to leave more than there is, and disks too slow to be healed", async () => {
    expect((await refusal(diskFull, { path: "/run", leave: "9GiB" })).code).to.equal("DISK_TOO_SMALL");
    expect((await refusal(diskSlow, { bytesPerSecond: "1KiB" })).code).to.equal("DISK_TOO_SLOW");
  });

  it("refuse a reboot and a clock of its own on container machines, and name what can be had instead", async () => {
    expect((await refusal(nodeReboot, {})).fix).to.contain("node-restart");
    expect((await refusal(clockSkew, { offset: "1s" })).code).to.equal("NO_OWN_CLOCK");
  });

  it("stop K3s as a whole where the kubelet is part of it, but not its containerd", async () => {
    const machine = new FakeMachine();
    machine.services = ["nebula", "k3s"];
    expect((await refusal(containerRuntimeStopped, {}, machine)).fix).to.contain("kubelet-stopped");
    const receipt = await tryFault(kubeletStopped, {}, machine);
    expect(receipt.reasons).to.deep.equal([]);
    expect(receipt.during[0]?.subject).to.equal("pi-1 k3s");
  });

  for (const direction of ["ahead", "back"])
    it(`clock-skew ${direction}: holds by the clock of a real machine, and not where nothing has an effect`, async () => {
      const machine = new FakeMachine();
      const params = { offset: "5s", direction };
      const receipt = await tryFault(clockSkew, params, machine, machine.rig("ssh"));
      expect(receipt.reasons).to.deep.equal([]);
      expect(receipt.during[0]?.measured).to.be.closeTo(direction === "ahead" ? 5_000 : -5_000, 50);
      machine.works = false;
      expect((await tryFault(clockSkew, params, machine, machine.rig("ssh"))).held).to.equal(false);
      expect((await tryFault(clockSkew, { offset: "0s" }, machine, machine.rig("ssh"))).held).to.equal(true);
    });

  for (const how of ["orderly", "reset"])
    it(`node-reboot, ${how}: holds by another boot id`, async () => {
      const machine = new FakeMachine();
      expect((await tryFault(nodeReboot, { how }, machine, machine.rig("ssh"))).reasons).to.deep.equal([]);
      expect(machine.commands).to.include(
        how === "reset" ? "tee /proc/sysrq-trigger < b" : "systemctl reboot",
      );
    });

  it("node-reboot is refused, and nothing touched, where the machine cannot do it", async () => {
    for (const how of ["orderly", "reset"]) {
      const machine = new FakeMachine();
      machine.canReboot = false;
      const error = await tryFault(nodeReboot, { how }, machine, machine.rig("ssh")).catch(
        (cause: unknown) => cause,
      );
      expect(error).to.include({ code: "NO_REBOOT", exitCode: 64 });
      expect(machine.boots).to.equal(1);
    }
  });

  for (const definition of [nodeKill, nodeStop, nodePause])
    it(`${definition.name}: holds on a real machine, whose kernel goes on and answers pings`, async () => {
      const machine = new FakeMachine();
      const receipt = await tryFault(definition, {}, machine, machine.rig("ssh"));
      expect(receipt.reasons).to.deep.equal([]);
      machine.works = false;
      expect((await tryFault(definition, {}, machine, machine.rig("ssh"))).held).to.equal(false);
    });

  it("node-reboot fails where the machine never boots anew", async () => {
    const machine = new FakeMachine();
    const error = await untilBootIdIsNot(machine.handle, `boot-${machine.boots}`, 50).catch(
      (cause: unknown) => cause,
    );
    expect((error as EdgeproofError).code).to.equal("NODE_NOT_REBOOTED");
  });
});
