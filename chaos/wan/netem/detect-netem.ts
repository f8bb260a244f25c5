import { runProgram } from "../run-program.ts";
import { addLeaf, addMtu, addRoot, changeLeaf } from "./netem-commands.ts";
import { tcBatch } from "./tc.ts";

const DEVICE = "epwan-check";

/**
 * Whether the tree of netems can be had here: makes one on a veth pair of its own, which is removed again.
 */
export async function detectNetem(): Promise<boolean> {
  const remove = (): Promise<unknown> => runProgram(["ip", "link", "del", DEVICE]).catch(() => undefined);
  await remove();
  try {
    await runProgram(["ip", "link", "add", DEVICE, "type", "veth", "peer", "name", `${DEVICE}1`]);
    const leaf = { device: DEVICE, source: 0, sourceAddresses: ["198.18.0.1"] };
    await tcBatch([
      ...addRoot(DEVICE, 1500),
      ...addLeaf(leaf),
      ...addMtu(leaf, 1280),
      changeLeaf(DEVICE, 0, { delayMs: 1, jitterMs: 0.1, loss: 0.01 }),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    await remove();
  }
}
