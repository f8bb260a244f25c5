export type ToolState = "cached" | "downloading" | "building" | "done";

/** What happens to the programs of one lock (or to one of edgeproof's own). */
export interface ToolProgress {
  /** The lock's name, such as `kubernetes`. */
  tool: string;
  /** The programs asked for. */
  programs: string[];
  state: ToolState;
  /** Since its build began; 0 when cached. */
  seconds: number;
  /** The module being downloaded, the package just compiled, or `by another process`. */
  detail?: string;
  /** Packages compiled so far. */
  compiled?: number;
}

export type OnProgress = (progress: ToolProgress) => void;
