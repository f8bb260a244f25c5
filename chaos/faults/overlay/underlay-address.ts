import { execFileSync } from "node:child_process";

/** A machine's move from one address to another of the same network. */
export interface AddressMove {
  device: string;
  from: string;
  to: string;
  prefix: number;
  gateway: string;
}

interface Addresses {
  addr_info: { local?: string }[];
}

/**
 * The lines of `ip -batch` that make the move. The old address goes first: were it the first of its network, the kernel
 * would take the new one away with it; the default route goes with the last address.
 */
export const moveLines = ({ device, from, to, prefix, gateway }: AddressMove, present: boolean): string[] => [
  ...(present ? [`address del ${from}/${prefix} dev ${device}`] : []),
  `address replace ${to}/${prefix} broadcast + dev ${device}`,
  `route replace default via ${gateway} dev ${device}`,
];

/** On the machine itself, any number of times. */
export function moveAddress(move: AddressMove): void {
  const shown = execFileSync("ip", ["-j", "-4", "address", "show", "dev", move.device], { encoding: "utf8" });
  const found = (JSON.parse(shown) as Addresses[]).flatMap(({ addr_info }) => addr_info);
  const lines = moveLines(
    move,
    found.some(({ local }) => local === move.from),
  );
  execFileSync("ip", ["-batch", "-"], { input: `${lines.join("\n")}\n`, stdio: ["pipe", "ignore", "pipe"] });
}
