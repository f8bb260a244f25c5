import type { Topology } from "../config/model.ts";

/**
 * Factor on how long things may take to become ready. Limits are for containers on a machine of the tester's kind; a
 * small board takes many times as long to read a program of 100 MB from its card, an emulated processor as long again.
 */
const PATIENCE: Record<Topology["driver"], number> = { container: 1, cluster: 3, ssh: 6 };
export const patienceOf = ({ driver }: Pick<Topology, "driver">): number => PATIENCE[driver];
