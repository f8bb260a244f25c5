import type { NodeHandle } from "../node-handle.ts";

/** A machine of a rig, by whatever it is reached. */
export interface RigNode extends NodeHandle {
  /** Factor on how long it may take for something: see `patienceOf`. @default 1 */
  readonly patience?: number;
  /** Ends the connection for good: what is under way and all later calls reject. */
  abandon?(why: Error): void;
  /** Ends the connection; processes started by `exec` over it end too. */
  disconnect(): Promise<void>;
}
