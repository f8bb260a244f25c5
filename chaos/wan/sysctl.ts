import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { rigError } from "../../harness/errors.ts";

/** A setting below `/proc/sys`, such as `net/ipv4/ip_forward`. */
export interface Sysctl {
  key: string;
  value: string;
}

const path = (key: string): string => `/proc/sys/${key}`;

/**
 * Sets sysctls, and puts the former values back: they are on disk before the first change, so that `--clean` does it
 * for a killed service.
 */
export class FormerSysctls {
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Sets what differs. A read-only `/proc/sys` is fine if nothing differs. */
  async set(wanted: readonly Sysctl[]): Promise<void> {
    const changes: (Sysctl & { former: string })[] = [];
    for (const { key, value } of wanted) {
      const former = (await readFile(path(key), "utf8")).trim();
      if (former !== value) changes.push({ key, value, former });
    }
    if (changes.length === 0) return;
    const known = await this.known();
    const added = changes.filter(({ key }) => !known.some((one) => one.key === key));
    const former = [...known, ...added.map(({ key, former: value }) => ({ key, value }))];
    await writeDurably(this.file, JSON.stringify(former));
    for (const { key, value, former: was } of changes) {
      await writeFile(path(key), value).catch((cause: unknown) => {
        throw rigError("wan-sysctl-refused", `${key} is ${was} and cannot be set to ${value}`, {
          where: "the WAN service's machine",
          fix: "Mount /proc/sys writable in the wan container, or set the value when the container is made.",
          cause,
        });
      });
    }
  }

  /** Puts all values back, a killed service's too; those of interfaces that are gone are skipped. Any number of times. */
  async restore(): Promise<void> {
    for (const { key, value } of await this.known()) await writeFile(path(key), value).catch(() => undefined);
    await rm(this.file, { force: true });
  }

  private async known(): Promise<Sysctl[]> {
    try {
      return JSON.parse(await readFile(this.file, "utf8")) as Sysctl[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}

/** On disk when it resolves, whole or not at all. */
export async function writeDurably(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = await open(`${file}.draft`, "w", 0o600);
  try {
    await draft.writeFile(text);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${file}.draft`, file);
}

/** What every interface of the router needs: forwarding without reverse-path checks or ICMP redirects. */
export const routerSysctls = (devices: readonly string[]): Sysctl[] => [
  { key: "net/ipv4/ip_forward", value: "1" },
  ...["all", ...devices].flatMap((device) => [
    { key: `net/ipv4/conf/${device}/rp_filter`, value: "0" },
    { key: `net/ipv4/conf/${device}/send_redirects`, value: "0" },
  ]),
];
