/** Chains that follow pods and services, and the engine's name server, whose ports are new at each boot. */
const LIVELY_CHAIN = /^(KUBE-(SEP|SVC|EXT|SERVICES|NODEPORTS|EXTERNAL|PROXY-FIREWALL|FW|XLB)|CNI-|DOCKER_)/;
const LIVELY_SET = /^(cluster-ips|no-endpoint|service-ips|nodeport|firewall)/;

const noise = (line: string): boolean => line === "" || line.startsWith("#");

/**
 * One line a rule, with its table and chain: whoever loses one of kube-proxy's, Docker's or the network plug-in's own
 * rules is found, and so is any table of ours. Rules that follow pods are left out.
 */
export function nftFacts(ruleset: readonly string[]): string[] {
  const facts: string[] = [];
  let table = "";
  let block = "";
  for (const raw of ruleset) {
    const line = raw
      .trim()
      .replace(/\bcounter (packets \d+ bytes \d+ ?)?/g, "")
      .replace(/ # handle \d+$/, "")
      .replace(/\s+/g, " ");
    if (noise(line)) continue;
    const opened = /^(table|chain|set|map) (.+?) \{$/.exec(line);
    if (opened) {
      const [, kind = "", name = ""] = opened;
      if (kind === "table") table = name;
      else block = `${kind} ${name}`;
      if (kind === "table" || !isLively(block))
        facts.push(kind === "table" ? `table ${table}` : `${table} ${block}`);
    } else if (line === "}") block = "";
    else if (!isLively(block) && !/jump (CNI-|KUBE-(SEP|SVC|EXT|FW))/.test(line))
      facts.push(`${table} ${block}: ${line.replace(/"(eth)\d+"/g, '"$1"')}`);
  }
  return facts;
}

function isLively(block: string): boolean {
  const [kind, name = ""] = block.split(" ");
  return kind === "chain" ? LIVELY_CHAIN.test(name) : LIVELY_SET.test(name);
}
