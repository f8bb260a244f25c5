// What commander makes of the options of each command.

/** A cluster that exists, without a topology's file. */
export interface ClusterFlags {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  namespace?: string | undefined;
  images?: string | undefined;
  gateway?: string | undefined;
}

export interface RunFlags extends ClusterFlags {
  suite: string;
  objectives?: string;
  topology?: string;
  rig?: string;
  list: boolean;
  confirm?: string;
  grep?: string;
  cells?: string;
  small?: boolean;
  fit?: boolean;
  resume?: string;
  baseline?: string;
  all?: boolean;
  pace?: number;
  rate?: number;
  slow?: string;
}

export interface UpFlags extends ClusterFlags {
  name?: string;
  confirm?: string;
}

export interface RepeatFlags {
  suite: string;
  topology?: string;
  headTopology?: string;
  headSlow?: string;
  /** Most repetitions. */
  times: number;
  /** Minutes after which no repetition begins. */
  budget: number;
  /** Share, as text. */
  within: string;
  rig?: string;
  confirm?: string;
}

export interface SweepFlags {
  suite?: string;
  vary?: string;
  resolution?: string;
  trials: number;
  cap?: number;
  seed?: number;
  rig?: string;
  confirm?: string;
  resume?: string;
}

export interface ScaleFlags {
  nodes: number;
  steps?: string;
  podsPerNode: number;
  /** Seconds. */
  window: number;
  /** Pods created a second, and as many deleted. */
  churn: number;
  profile?: string;
  topology?: string;
  /** Use a rig that is up, and leave nothing on it. */
  rig?: string;
  from?: string;
}

export interface CharacterizeFlags {
  host?: boolean;
  budget?: number;
  node?: string;
  parallel?: boolean;
  labels: boolean;
  saveClass?: string;
  scores?: string;
}

export interface Shared {
  json: boolean;
  quiet: boolean;
  seed: number;
  output: string;
}

/** What `--confirm` says in each command that has it. */
export const CONFIRM = "name of a rig of real machines, which may be changed and broken";
