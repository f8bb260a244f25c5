import type { DeployedFunction } from "./functions/functions-layer.ts";

/** How the tester's requests come to functions where that is not a node port over the overlay. */
export interface FunctionWay {
  /** Base of a function's URL at the tester, with a slash at its end. */
  urlOf(deployed: DeployedFunction): Promise<string>;
  /** For the record: what is measured with every answer. */
  readonly described: string;
  /** Why the last connection led nowhere, where that is known. */
  readonly trouble?: string | undefined;
  close(): Promise<void>;
}
