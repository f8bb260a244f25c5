import { z } from "zod";

import { CATALOGUE } from "../chaos/faults/catalogue.ts";
import type { FaultDefinition, FaultLayer } from "../chaos/faults/definition.ts";
import { describeFault } from "../chaos/faults/describe-fault.ts";
import { quantityKinds } from "../harness/config/quantity-schema.ts";

const QUANTITY_TYPES = {
  duration: "Duration",
  share: "Share",
  rate: "Rate",
  size: "Size",
  memory: "MemorySize",
} as const;

const TARGET_TYPES: Record<FaultDefinition["target"], string | undefined> = {
  nodes: "MachineTarget",
  links: "LinkTarget",
  stream: "StreamTarget",
  rig: undefined,
};

const camel = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const pascal = (name: string): string => camel(`-${name}`);

/** Text within a doc comment: nothing in it may end it, or begin a tag. */
const prose = (text: string): string => text.replaceAll("*/", "* /").replaceAll("@", "\\@");

/** The type of what is written for a parameter. */
function typeOf(schema: z.core.$ZodType): string {
  const kind = quantityKinds.get(schema)?.kind;
  if (kind) return QUANTITY_TYPES[kind];
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return typeOf(schema.def.innerType);
  if (schema instanceof z.ZodEnum) return schema.options.map((one) => JSON.stringify(one)).join(" | ");
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((one) => JSON.stringify(one)).join(" | ");
  if (schema instanceof z.ZodArray) return `readonly (${typeOf(schema.element)})[]`;
  if (schema instanceof z.ZodUnion) return schema.options.map((one) => typeOf(one)).join(" | ");
  if (schema instanceof z.ZodObject)
    return `{ ${Object.entries(schema.shape as Record<string, z.ZodType>)
      .map(([key, inner]) => `${innerComment(inner)}${key}${isOptional(inner) ? "?" : ""}: ${typeOf(inner)}`)
      .join("; ")} }`;
  if (schema instanceof z.ZodPipe) return typeOf(schema.in);
  const { type } = schema._zod.def;
  if (type === "string" || type === "number" || type === "boolean") return type;
  throw new Error(`no type is known for a parameter of the kind ${type}`);
}

const innerComment = (schema: z.core.$ZodType): string => {
  const inner = isOptional(schema) ? (schema as z.ZodOptional).def.innerType : schema;
  const description = (schema as z.ZodType).description ?? describedIn(inner);
  return description === undefined ? "" : `/** ${prose(description)} */ `;
};

/** A quantity's text is that of what is read, before it becomes a number. */
const describedIn = (schema: z.core.$ZodType): string | undefined =>
  (schema as z.ZodType).description ?? (schema instanceof z.ZodPipe ? describedIn(schema.in) : undefined);

const isOptional = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodOptional ||
  schema instanceof z.ZodExactOptional ||
  schema instanceof z.ZodDefault ||
  schema instanceof z.ZodPrefault;

const comment = (lines: readonly string[], indent: string): string =>
  (lines.length === 1
    ? [`/** ${lines[0]} */`]
    : ["/**", ...lines.map((line) => ` * ${line}`.trimEnd()), " */"]
  )
    .map((line) => `${indent}${line}`)
    .join("\n");

/** The type that a fault's constructor takes; undefined where there is nothing to say. */
function optionsType(definition: FaultDefinition): string | undefined {
  const { name, parameters, target } = definition;
  const described = new Map(describeFault(definition).parameters.map((one) => [one.name, one]));
  const shape = parameters instanceof z.ZodObject ? (parameters.shape as Record<string, z.ZodType>) : {};
  const targetType = TARGET_TYPES[target];
  const keys = Object.entries(shape).map(([key, schema]) => {
    const { required = true, default: standard, description = "" } = described.get(key) ?? {};
    const lines = [prose(description), ...(standard === undefined ? [] : [`@default ${prose(standard)}`])];
    return `${comment(lines, "  ")}\n  ${key}${required ? "" : "?"}: ${typeOf(schema)};`;
  });
  const aimed = targetType && `${comment(["What it is aimed at."], "  ")}\n  target: ${targetType};`;
  const members = [...(aimed ? [aimed] : []), ...keys];
  if (members.length === 0) return undefined;
  return `${comment([`Target and parameters of \`fault.${camel(name)}\`.`], "")}
export interface ${pascal(name)}Options {
${members.join("\n")}
}`;
}

/** Whether every key of the options may be left out. */
const nothingRequired = (definition: FaultDefinition): boolean =>
  TARGET_TYPES[definition.target] === undefined &&
  describeFault(definition).parameters.every(({ required }) => !required);

function constructorOf(definition: FaultDefinition): string {
  const { name, summary, proof, undo, limits, example } = definition;
  const lines = [
    prose(summary),
    "",
    `- Proof: ${prose(proof)}`,
    `- Undo: ${prose(undo)}`,
    ...limits.map((limit) => `- Limit: ${prose(limit)}`),
    "",
    "In a scenario:",
    "```yaml",
    ...example.split("\n").map(prose),
    "```",
  ];
  const type = `${pascal(name)}Options`;
  const [parameter, argument] =
    optionsType(definition) === undefined
      ? ["", ""]
      : [`options${nothingRequired(definition) ? "?" : ""}: ${type}`, ", options"];
  return `${comment(lines, "  ")}
  ${camel(name)}: (${parameter}): PlannedFault => planned(${JSON.stringify(name)}${argument}),`;
}

/** The typed constructors of one layer's faults, before prettier. */
export function faultConstructors(layer: FaultLayer): string {
  const definitions = CATALOGUE.filter((definition) => definition.layer === layer);
  const types = definitions.map(optionsType).filter((text) => text !== undefined);
  const body = `${types.join("\n\n")}

/** Faults of the layer \`${layer}\`. */
export const ${layer}Faults = {
${definitions.map(constructorOf).join("\n\n")}
} as const;
`;
  const used = (names: readonly string[]): string[] => names.filter((name) => body.includes(`: ${name}`));
  const imports = (names: readonly string[], file: string): string =>
    names.length === 0 ? "" : `import type { ${names.join(", ")} } from "../${file}";\n`;
  const quantities = [...Object.values(QUANTITY_TYPES)].filter((name) =>
    new RegExp(`\\b${name}\\b`).test(body),
  );
  const targets = used(Object.values(TARGET_TYPES).filter((name) => name !== undefined));
  return `// Written by \`npm run schemas\` from the catalogue in chaos/faults.
import { planned, type PlannedFault } from "../planned-fault.ts";
${imports(quantities.sort(), "quantities.ts")}${imports([...new Set(targets)].sort(), "targets.ts")}
${body}`;
}
