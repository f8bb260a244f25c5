import { CATALOGUE, LAYERS } from "../chaos/faults/catalogue.ts";
import { describeFault, type DescribedFault } from "../chaos/faults/describe-fault.ts";

const TITLES = {
  link: "Links",
  stream: "Streams",
  node: "Machines",
  overlay: "Overlay",
  platform: "Platform",
} as const;

const INTRODUCTION = `# Faults

Written by \`npm run schemas\` from the catalogue in \`chaos/faults\`; \`edgeproof faults show NAME\` prints the same. How
faults are timed and aimed is in [scenarios.md](scenarios.md), what a receipt asks in [receipts.md](receipts.md), and how
changes are put back in [healing.md](healing.md).

A fault is held only if its own probes say so before, during and after it; else the run is broken. What cannot be given is
refused before anything is touched. A fault of no magnitude changes nothing, and holds.
`;

const plain = (text: string): string => text.replace(/\|/g, "\\|").replace(/</g, "&lt;").replace(/\n/g, " ");

function parameterTable({ parameters }: DescribedFault): string {
  if (parameters.length === 0) return "No parameters.";
  const rows = parameters.map(({ name, type, required, default: standard, description }) =>
    [
      `\`${name}\``,
      type,
      standard === undefined ? (required ? "required" : "none") : `\`${standard}\``,
      description,
    ]
      .map(plain)
      .join(" | "),
  );
  return ["| parameter | written as | default | meaning |", "| --- | --- | --- | --- |"]
    .concat(rows.map((row) => `| ${row} |`))
    .join("\n");
}

const section = (fault: DescribedFault): string => {
  const { name, summary, target, proof, undo, limits, example } = fault;
  return [
    `### ${name}`,
    plain(summary),
    `Target: ${plain(target)}.`,
    parameterTable(fault),
    `- Proof: ${plain(proof)}`,
    ...[`- Undo: ${plain(undo)}`, ...limits.map((limit) => `- Limit: ${plain(limit)}`)],
    `\`\`\`yaml\n${example}\n\`\`\``,
  ]
    .join("\n\n")
    .replace(/\n\n- /g, "\n- ")
    .replace("\n- Proof", "\n\n- Proof");
};

/** docs/faults.md, before prettier. */
export const faultsDocument = (): string =>
  [
    INTRODUCTION,
    ...LAYERS.flatMap((layer) => [
      `## ${TITLES[layer]}`,
      ...CATALOGUE.filter((definition) => definition.layer === layer).map((one) =>
        section(describeFault(one)),
      ),
    ]),
  ].join("\n\n");
