import type { TargetMachine } from "./inventory.ts";

const machine = (
  name: string,
  role: TargetMachine["role"],
  site: string,
  deviceClass: string,
  labels: Record<string, string> = {},
): TargetMachine => ({ name, role, site, deviceClass, labels });

/** An inventory for tests. */
export const LAB: readonly TargetMachine[] = [
  machine("cloud-1", "server", "cloud", "vm-medium"),
  machine("pi4-1", "agent", "edge-a", "pi4", { zone: "a" }),
  machine("pi3-1", "agent", "edge-a", "pi3", { zone: "a" }),
  machine("pi4-2", "agent", "edge-b", "pi4", { zone: "b" }),
  machine("lighthouse-1", "lighthouse", "cloud", ""),
  machine("tester", "tester", "tester", ""),
];
