import { readFile, writeFile } from "node:fs/promises";
import { rigError } from "../../harness/errors.ts";

/** A setting below `/proc/sys`, such as `net/ipv4/ip_forward`. */
export interface Sysctl {
  key: string;
  value: string;
}

const path = (key: string): string => `/proc/sys/${key}`;

/** Sets what differs and returns the former values of just those. A read-only `/proc/sys` is fine if nothing differs. */
export async function setSysctls(wanted: readonly Sysctl[]): Promise<Sysctl[]> {
  const former: Sysctl[] = [];
  for (const { key, value } of wanted) {
    const old = (await readFile(path(key), "utf8")).trim();
    if (old === value) continue;
    former.push({ key, value: old });
    await writeFile(path(key), value).catch((cause: unknown) => {
      throw rigError("wan-sysctl-refused", `${key} is ${old} and cannot be set to ${value}`, {
        where: "wan container",
        fix: "Mount /proc/sys writable in the wan container, or set the value when the container is made.",
        cause,
      });
    });
  }
  return former;
}

/** Puts values back; those of interfaces that are gone are skipped. */
export async function restoreSysctls(former: readonly Sysctl[]): Promise<void> {
  for (const { key, value } of former) await writeFile(path(key), value).catch(() => undefined);
}

/** What every interface of the router needs: forwarding without reverse-path checks or ICMP redirects. */
export const routerSysctls = (devices: readonly string[]): Sysctl[] => [
  { key: "net/ipv4/ip_forward", value: "1" },
  ...["all", ...devices].flatMap((device) => [
    { key: `net/ipv4/conf/${device}/rp_filter`, value: "0" },
    { key: `net/ipv4/conf/${device}/send_redirects`, value: "0" },
  ]),
];
