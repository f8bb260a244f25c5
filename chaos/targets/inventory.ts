export type MachineKind = "server" | "agent" | "lighthouse" | "tester";

/** A machine as selectors see it. */
export interface TargetMachine {
  name: string;
  role: MachineKind;
  site: string;
  deviceClass: string;
  /** Kubernetes labels; none where the machine is no node. */
  labels: Readonly<Record<string, string>>;
}

/** Whether a machine is a node of the cluster. */
export const isClusterNode = ({ role }: TargetMachine): boolean => role === "server" || role === "agent";

/** What is wrong with a target, and where within it. */
export interface TargetProblem {
  path: readonly (string | number)[];
  message: string;
  expected?: string | undefined;
  fix?: string | undefined;
}
