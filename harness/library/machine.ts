export type { Machine } from "../rig/node-handle.ts";
