import type { ReceiptCheck } from "../../../harness/record/model.ts";
import type { Evidence } from "../evidence.ts";

/** The evidence of several machines as one. */
export function joinEvidence(parts: readonly Evidence[]): Evidence {
  const all = async (read: (part: Evidence) => Promise<ReceiptCheck[]>): Promise<ReceiptCheck[]> =>
    (await Promise.all(parts.map(read))).flat();
  return {
    before: () => all((part) => part.before()),
    during() {
      const windows = parts.map((part) => part.during());
      return { stop: async () => (await Promise.all(windows.map((window) => window.stop()))).flat() };
    },
    after: () => all((part) => part.after()),
  };
}
