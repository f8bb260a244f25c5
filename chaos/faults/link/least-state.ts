/** Shortest time that a state is given, ms: probes near a change are left out, and of the rest 30 must remain. */
export const LEAST_STATE_MS = 1000;
