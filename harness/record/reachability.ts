/** What pings between two machines over the overlay came to. */
export interface PairReach {
  from: string;
  to: string;
  sent: number;
  received: number;
  /** Of the answered ones, ms; absent where none was answered. */
  medianMs?: number;
  minMs?: number;
  maxMs?: number;
}

/** Who reaches whom over the overlay at one moment of the run, without any fault in force. */
export interface Reachability {
  moment: "start" | "end";
  /** Every ordered pair of machines, the tester included. */
  pairs: PairReach[];
}
