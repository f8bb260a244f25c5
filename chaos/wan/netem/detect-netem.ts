import { runProgram } from "../run-program.ts";
import { addEgressRoot, leadToPeers, PEERS } from "./egress-commands.ts";
import { addLeaf, addMtu, addTree, changeLeaf } from "./netem-commands.ts";
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
    const leaf = { device: DEVICE, number: 0, addresses: ["198.18.0.1"], by: "src" as const };
    await tcBatch([
      ...addTree(DEVICE, 1500),
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

/** The same without a trace on this machine's own interfaces: on the loopback of a network namespace that ends at once. */
export async function detectNetemApart(): Promise<boolean> {
  const leaf = { device: "lo", number: 0, addresses: ["198.18.0.1"], by: "dst" as const };
  const commands = [
    ...addEgressRoot("lo", "pfifo"),
    ...addTree("lo", 65_536, PEERS),
    ...addLeaf(leaf),
    ...leadToPeers("lo", [{ name: "peer", address: "198.18.0.1" }], [22]),
    changeLeaf("lo", 0, { delayMs: 1, jitterMs: 0.1, loss: 0.01 }),
  ];
  return tcBatch(commands, ["unshare", "--net"]).then(
    () => true,
    () => false,
  );
}
