import type { ClusterState } from "../cluster/cluster-state.ts";
import type { Privileges } from "./container/privileges.ts";
import type { SshState } from "./ssh/ssh-state.ts";

/** What a driver needs to find the machines of a rig again; kept in the rig's state. */
export type DriverState = ContainerState | SshState | ClusterState;

export interface ContainerState {
  kind: "container";
  image: string;
  privileges: Privileges;
  runtimeFolder: string;
  binFolder: string;
}
