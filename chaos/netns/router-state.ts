import { runProgram } from "../wan/run-program.ts";

/** What a WAN back end may change on a router, by name. Counters are left out. */
export type RouterState = Record<string, unknown>;

const NETWORK = "/proc/sys/net/ipv4";

/**
 * The state of the network namespace now: links, qdiscs, filters, rules, routes, nft tables and sysctls. Without
 * IPv6's routes, which the kernel adds by itself a second after an interface is up.
 */
export async function routerState(namespace: string): Promise<RouterState> {
  const run = (...argv: string[]): Promise<string> =>
    runProgram(["ip", "netns", "exec", namespace, ...argv]).catch((error: unknown) => String(error));
  const json = async (...argv: string[]): Promise<unknown> => JSON.parse((await run(...argv)) || "[]");
  const links = (await json("ip", "-j", "link", "show")) as { ifname: string }[];
  const names = links.map(({ ifname }) => ifname);
  const filters = await Promise.all(names.map((name) => run("tc", "filter", "show", "dev", name)));
  const classes = await Promise.all(names.map((name) => run("tc", "class", "show", "dev", name)));
  const sysctls = [
    `${NETWORK}/ip_forward`,
    ...["all", "default", ...names].flatMap((name) =>
      ["forwarding", "rp_filter", "send_redirects", "accept_local"].map(
        (key) => `${NETWORK}/conf/${name}/${key}`,
      ),
    ),
  ];
  return {
    links,
    qdiscs: await json("tc", "-j", "qdisc", "show"),
    filters,
    classes,
    rules: await json("ip", "-j", "rule", "show"),
    routes: await json("ip", "-4", "-j", "route", "show", "table", "all"),
    tables: await run("nft", "list", "ruleset"),
    sysctls: (await run("grep", "", ...sysctls)).split("\n"),
  };
}
