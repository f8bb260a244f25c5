/** What `remote/preflight.sh` says, line by line. */
export interface NodeReadings {
  /** Of the node's clock, s since the epoch. */
  time: number | undefined;
  user: string;
  model: string | undefined;
  cgroup: number;
  controllers: string[];
  /** File of a Pi's kernel command line. */
  cmdline: string | undefined;
  modules: string[];
  /** Options that the kernel was built without, as `NF_TABLES_INET`; none where it does not tell. */
  without: string[];
  /** KiB that are free below /var/lib and /opt. */
  diskFreeKib: number | undefined;
  optFreeKib: number | undefined;
  memoryKib: Readonly<Record<string, number>>;
  /** Pieces of 1 MiB, each with fsync, and how long they took. */
  write: { mebibytes: number; ms: number } | undefined;
  /** Degrees Celsius, the hottest zone. */
  temperature: number | undefined;
  /** `vcgencmd get_throttled`, as a number. */
  throttled: number | undefined;
  /** Times that a core was throttled since it was switched on. */
  throttleCount: number | undefined;
  /** `tcp 22`. */
  listens: string[];
  mtu: Readonly<Record<string, number>>;
  /** IPv4 addresses by interface. */
  addresses: { link: string; address: string }[];
  defaultLink: string | undefined;
  /** The node's own address on the way to this machine's peer. */
  source: string | undefined;
}

export function parseReadings(text: string): NodeReadings {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const all = (key: string): string[][] =>
    lines.filter(([found]) => found === key).map(([, ...rest]) => rest);
  const first = (key: string): string | undefined => all(key)[0]?.join(" ");
  const number = (key: string): number | undefined => {
    const value = Number(first(key) ?? NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const largest = (key: string): number | undefined => {
    const values = all(key)
      .map(([value]) => Number(value))
      .filter(Number.isFinite);
    return values.length > 0 ? Math.max(...values) : undefined;
  };
  const [mebibytes, ms] = (all("write")[0] ?? []).map(Number);
  const hottest = largest("temperature");
  const throttled = /0x([0-9a-f]+)/i.exec(first("throttled") ?? "")?.[1];
  return {
    time: number("time"),
    user: first("user") ?? "",
    model: first("model"),
    cgroup: number("cgroup") ?? 1,
    controllers: all("controllers").flat(),
    cmdline: first("cmdline"),
    modules: all("module").flat(),
    without: all("without").flat(),
    diskFreeKib: number("disk"),
    optFreeKib: number("opt"),
    memoryKib: Object.fromEntries(all("memory").map(([name = "", value]) => [name, Number(value)])),
    write: mebibytes !== undefined && ms !== undefined ? { mebibytes, ms } : undefined,
    // Most say thousandths of a degree.
    temperature: hottest === undefined ? undefined : hottest > 1_000 ? hottest / 1_000 : hottest,
    throttled: throttled === undefined ? undefined : parseInt(throttled, 16),
    throttleCount: largest("throttlecount"),
    listens: all("listens").map((part) => part.join(" ")),
    mtu: Object.fromEntries(all("mtu").map(([name = "", value]) => [name, Number(value)])),
    addresses: all("address").map(([link = "", address = ""]) => ({ link, address })),
    defaultLink: first("default"),
    source: first("source"),
  };
}
