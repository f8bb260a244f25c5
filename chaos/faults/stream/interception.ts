import type { NodeUndo } from "../../../harness/rig/node-handle.ts";

/** Of the names of tables and services. */
export const TABLE_PREFIX = "edgeproof-stream-";

/**
 * toxiproxy runs under it, so that its own connections are told from those that it is put in front of. Rules say
 * `skuid !=`: what a socket sends after its program closed it has no owner, so that neither `skuid` nor `skuid !=` is
 * true of it, and a rule for all the rest would take the last packets of toxiproxy's own connections. Reset instead of
 * sent, they left the other end half closed, and the next connection from that port was not answered for half a minute.
 */
export const PROXY_UID = 64_738;
/** Before kube-proxy's nat chains (-100), whose first match would win. */
const NAT_PRIORITY = -110;
/** After them, where the destination is what it was redirected to. */
const FILTER_PRIORITY = 10;

export interface Interception {
  /** `edgeproof-stream-3`: the table, and the service that it leads to. */
  table: string;
  host: string;
  port: number;
  /** Interface of pods; undefined: the machine's own processes. */
  bridge: string | undefined;
  /** Of toxiproxy on the machine. */
  listenPort: number;
}

/** Of the rules, as they are given and as nft lists them. */
export const redirectFrom = ({ host, port }: Pick<Interception, "host" | "port">): string =>
  `ip daddr ${host} tcp dport ${port} redirect`;

/**
 * A table of its own that leads connections into toxiproxy. Those that were there before are reset, so that they come
 * again and meet it. `create` fails where there is such a table: nothing foreign is ever changed.
 */
export function rulesetOf({ table, host, port, bridge, listenPort }: Interception): string {
  const others = `meta skuid != ${PROXY_UID}`;
  const redirected = `${redirectFrom({ host, port })} to :${listenPort}`;
  const [redirect, cut] =
    bridge === undefined
      ? [
          `type nat hook output priority ${NAT_PRIORITY}; ${others} ${redirected};`,
          `type filter hook output priority ${FILTER_PRIORITY}; ${others} ip daddr ${host} tcp dport ${port} reject with tcp reset;`,
        ]
      : [
          `type nat hook prerouting priority ${NAT_PRIORITY}; iifname "${bridge}" ${redirected};`,
          // To a pod since kube-proxy chose one for them: only what is redirected is delivered to the node itself.
          `type filter hook forward priority ${FILTER_PRIORITY}; iifname "${bridge}" meta l4proto tcp ct original ip daddr ${host} ct original proto-dst ${port} reject with tcp reset;`,
        ];
  return [
    `create table ip ${table}`,
    `table ip ${table} {`,
    `  chain into { ${redirect} }`,
    `  chain before { ${cut} }`,
    "}",
    "",
  ].join("\n");
}

/** Any number of times: nft 1.0.6 has no `destroy`. */
export const removalOf = (table: string): NodeUndo => ({
  kind: "exec",
  argv: ["nft", `add table ip ${table}; delete table ip ${table}`],
});

/** Again for packets that were still on their way, as on a slow machine they are for a while. */
const FORGET = `for time in 1 2 3 4 5; do
  conntrack -D "$@" >/dev/null 2>&1
  [ -z "$(conntrack -L "$@" 2>/dev/null)" ] && exit 0
  sleep 0.5
done
exit 1`;

/**
 * Takes away what the connection tracker still leads to toxiproxy: a connection that came to have the source port of one
 * that is over would be refused, for up to two minutes (9 of 60 were, after resets). `conntrack -D` fails where there is
 * nothing; what counts is that nothing is left.
 */
export const forgettingOf = ({ host, port, listenPort }: Interception): NodeUndo => ({
  kind: "exec",
  argv: [
    ...["sh", "-c", FORGET, "sh"],
    ...["-p", "tcp", "--orig-dst", host, "--orig-port-dst", String(port)],
    ...["--reply-port-src", String(listenPort)],
  ],
});
