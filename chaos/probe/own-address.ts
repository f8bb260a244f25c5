import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";

export interface OwnAddress {
  address: string;
  device: string;
}

type Interfaces = ReturnType<typeof networkInterfaces>;

const ROUTES = "/proc/net/route";
/** Columns of /proc/net/route (man 5 proc). */
const [DESTINATION, METRIC, MASK] = [1, 6, 7];
const ANY = "00000000";

/** The device of the default route with the least metric. */
function defaultDevice(routes: string): string | undefined {
  const rows = routes.split("\n").map((line) => line.trim().split(/\s+/));
  const [best] = rows
    .filter((row) => row[DESTINATION] === ANY && row[MASK] === ANY)
    .toSorted((a, b) => Number(a[METRIC]) - Number(b[METRIC]));
  return best?.[0];
}

/**
 * Runs on a machine: the address of its own that packets for `known` arrive at. That is `known`, unless a NAT gives the
 * machine the address by which others reach it: then the one of the interface that its default route leads to.
 * @throws Error where it has neither
 */
export function ownAddress(
  known: string,
  interfaces: Interfaces = networkInterfaces(),
  readRoutes: () => string = () => readFileSync(ROUTES, "utf8"),
): OwnAddress {
  const all = Object.entries(interfaces).flatMap(([device, list = []]) =>
    list.flatMap(({ family, address }) => (family === "IPv4" ? [{ device, address }] : [])),
  );
  const own = all.find(({ address }) => address === known);
  if (own) return own;
  const device = defaultDevice(readRoutes());
  const behindNat = all.find((one) => one.device === device);
  if (behindNat) return behindNat;
  throw new Error(`no interface has ${known}, and no default route leads to one with an address`);
}
