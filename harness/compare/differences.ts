import type { RunHeader } from "../record/model.ts";

/** What was measured, and not set: it may differ. */
const MEASURED = new Set(["settings.bringUpMs"]);

const flat = (header: RunHeader): Map<string, string> => {
  const { suite, topology, engine, wanBackend, functionsLayer, nodes, ...rest } = header;
  const values: Record<string, unknown> = { suite, topology, engine, wanBackend, functionsLayer };
  for (const part of ["host", "settings", "versions"] as const)
    for (const [key, value] of Object.entries(rest[part])) values[`${part}.${key}`] = value;
  for (const { name, role, site, deviceClass, emulation, architecture } of nodes)
    values[`nodes.${name}`] = `${role} at ${site}, ${deviceClass}, emulation ${emulation}, ${architecture}`;
  return new Map(
    Object.entries(values)
      .filter(([key]) => !MEASURED.has(key))
      .map(([key, value]) => [key, String(value)]),
  );
};

/** Each setting, version and machine that differs, with both values: `engine: kubernetes, k3s`. The seed may differ. */
export const differences = (base: RunHeader, head: RunHeader): string[] => {
  const [before, after] = [flat(base), flat(head)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => `${key}: ${before.get(key) ?? "none"}, ${after.get(key) ?? "none"}`);
};
