import type { WanWatcher } from "../../chaos/wan/wan-handle.ts";

const BACK = {
  connected: "what was in force there stayed",
  rebooted: "it had booted, and its links were put in force again",
  restarted: "its WAN engine had started anew, and its links were put in force again",
  cleared: "it had undone its links when its lease ended, and they were put in force again",
};

/** What a run says of its WAN engine; what matters for its measurements is noted in the record. */
export const wanTold = (say: (text: string) => void, note: (text: string) => void): WanWatcher => {
  const engine = (node: string | undefined): string =>
    node === undefined ? "the WAN engine" : `the WAN engine of ${node}`;
  const both = (text: string): void => {
    say(text);
    note(text);
  };
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  return {
    onSilence: (node) => say(`${engine(node)} does not answer`),
    onAnswer: (afterMs, node) => both(`${engine(node)} answered only after ${seconds(afterMs)}`),
    onAway: (node) => both(`${node} is away, with what impairs its links`),
    onBack: (node, afterMs, how) => both(`${node} is back after ${seconds(afterMs)}: ${BACK[how]}`),
  };
};
