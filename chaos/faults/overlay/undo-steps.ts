import type { NodeUndo } from "../../../harness/rig/node-handle.ts";
import { NEBULA_CERTIFICATE } from "../../../harness/config/nebula-layout.ts";
import type { FaultRig } from "../fault-rig.ts";
import type { AddressMove } from "./underlay-address.ts";

/** Where the machine's own certificate lies while another is in force. */
export const SAVED_CERTIFICATE = "/var/lib/edgeproof/overlay-host.crt";

const program = ({ paths }: FaultRig, ...args: string[]): NodeUndo => ({
  kind: "exec",
  argv: [`${paths.runtime}/node`, `${paths.runtime}/overlay-undo.mjs`, ...args],
});

/** Puts the machine's own certificate back, if another is in force, and has Nebula read it. */
export const restoreCertificate = (rig: FaultRig): NodeUndo =>
  program(rig, "restore", SAVED_CERTIFICATE, NEBULA_CERTIFICATE);

/** Removes a file of the fault's own from Nebula's folder, and has Nebula read the rest. */
export const dropConfig = (rig: FaultRig, file: string): NodeUndo => program(rig, "drop", file);

/** Gives the machine its address back. */
export const moveBack = (rig: FaultRig, move: AddressMove): NodeUndo =>
  program(rig, "address", move.device, move.to, move.from, String(move.prefix), move.gateway);

/** One transaction that succeeds with and without the table: `destroy table` needs a newer kernel. */
export const dropTable = (table: string): NodeUndo => ({
  kind: "exec",
  argv: ["nft", `add table ${table}; delete table ${table}`],
});
