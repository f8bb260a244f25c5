import { isIPv4 } from "node:net";
import { usageError } from "../../harness/errors.ts";

/** An IPv4 address as the signed 32-bit number that its four bytes make in network order. */
export function ipv4ToInt(address: string): number {
  if (!isIPv4(address)) {
    throw usageError("wan-address-invalid", `"${address}" is not an IPv4 address`, {
      where: "WAN members",
      expected: "four decimal numbers, such as 198.18.1.10",
    });
  }
  return address.split(".").reduce((value, part) => (value << 8) | Number(part), 0);
}
