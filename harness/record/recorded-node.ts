/** How a device class was emulated on this host. */
export interface Emulation {
  /** CPU quota. */
  cpus: number;
  /** Whether the quota follows from what class and host were measured to compute; else it is what the class declares. */
  calibrated: boolean;
  /** Whether one core and all of them came near the class. Absent where that is not known. */
  fits?: boolean;
  /** The same for people, with the factor by which it is off. */
  text: string;
}

/** A node as it was when the run began. */
export interface RecordedNode {
  /** Its name. */
  name: string;
  /** `server` or `agent`. */
  role: string;
  /** Its site. */
  site: string;
  /** Its class. */
  deviceClass: string;
  /** Whether its class was a limit or a label. */
  emulation: "none" | "limits";
  /** As Node calls it, such as `x64`. */
  architecture: string;
  /** How its class was emulated. Absent where classes are labels. */
  emulated?: Emulation;
  /** What `edgeproof characterize` found last while this rig was up. Absent where it was not asked. */
  measured?: {
    /** When, ms since the epoch. */
    at: number;
    /** The device class that it is nearest to, for people. */
    nearest: string;
    /** By name: docs/characterize.md says what each is, and its unit. */
    scores: Record<string, { value: number; low?: number; high?: number; n: number }>;
  };
}
