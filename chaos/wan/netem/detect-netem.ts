import { runProgram } from "../run-program.ts";
import { netemParameters } from "./netem-commands.ts";

const DEVICE = "epwan-check";

/**
 * Whether netem with a normal distribution can be had here: tries it on a veth pair of its own, which is removed again.
 */
export async function detectNetem(): Promise<boolean> {
  const remove = (): Promise<unknown> => runProgram(["ip", "link", "del", DEVICE]).catch(() => undefined);
  await remove();
  try {
    await runProgram(["ip", "link", "add", DEVICE, "type", "veth", "peer", "name", `${DEVICE}1`]);
    const parameters = netemParameters({ delayMs: 1, jitterMs: 0.1, loss: 0.01 });
    await runProgram(["tc", "qdisc", "add", "dev", DEVICE, "root", "netem", ...parameters]);
    return true;
  } catch {
    return false;
  } finally {
    await remove();
  }
}
