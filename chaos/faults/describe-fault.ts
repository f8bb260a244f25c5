import { z } from "zod";

import { quantityKinds } from "../../harness/config/quantity-schema.ts";
import type { FaultDefinition, FaultLayer } from "./definition.ts";

export interface DescribedParameter {
  name: string;
  /** How it is written: `duration`, `share`, `number`, `one of a, b`. */
  type: string;
  required: boolean;
  /** As in YAML; absent where there is none. */
  default?: string;
  description: string;
}

export interface DescribedFault {
  name: string;
  layer: FaultLayer;
  summary: string;
  target: string;
  parameters: DescribedParameter[];
  proof: string;
  undo: string;
  limits: readonly string[];
  example: string;
}

type Schema = z.core.$ZodType;

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

interface Found {
  inner: Schema;
  required: boolean;
  default?: string;
  description: string;
}

/** The schema behind defaults and optionals, with what they say. */
function unwrap(schema: Schema, found: Found = { inner: schema, required: true, description: "" }): Found {
  const description = found.description || (schema as z.ZodType).description || "";
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    const value: unknown = schema.def.defaultValue;
    return unwrap(schema.def.innerType, { ...found, required: false, default: shown(value), description });
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional)
    return unwrap(schema.def.innerType, { ...found, required: false, description });
  return { ...found, inner: schema, description };
}

/** A quantity's text is that of what is read, before it becomes a number. */
const textOf = (schema: Schema): string =>
  (schema as z.ZodType).description ?? (schema instanceof z.ZodPipe ? textOf(schema.in) : "");

function typeOf(schema: Schema): string {
  const kind = quantityKinds.get(schema)?.kind;
  if (kind) return kind;
  if (schema instanceof z.ZodEnum) return `one of ${schema.options.join(", ")}`;
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String).join(", ");
  if (schema instanceof z.ZodArray) return `list of ${typeOf(unwrap(schema.element).inner)}`;
  if (schema instanceof z.ZodNumber) return schema.format === "safeint" ? "whole number" : "number";
  if (schema instanceof z.ZodObject) return `map of ${Object.keys(schema.shape).join(", ")}`;
  if (schema instanceof z.ZodUnion) return schema.options.map((option) => typeOf(option)).join(" or ");
  if (schema instanceof z.ZodPipe) return typeOf(schema.in);
  const { type } = schema._zod.def;
  return { boolean: "true or false", string: "text" }[type as string] ?? type;
}

/** The keys of a fault's parameters; none where its schema is no map. */
const parametersOf = ({ parameters }: FaultDefinition): Record<string, Schema> =>
  parameters instanceof z.ZodObject ? parameters.shape : {};

const TARGETS: Record<FaultDefinition["target"], string> = {
  nodes: "machines",
  links: "links, one direction each",
  stream: "a way of TCP streams",
  rig: "the rig as a whole; no `target:`",
};

/** A fault of the catalogue as data: the same for the command and the document. */
export const describeFault = (definition: FaultDefinition): DescribedFault => {
  const { name, layer, summary, target, proof, undo, limits, example } = definition;
  const parameters = Object.entries(parametersOf(definition)).map(([key, schema]): DescribedParameter => {
    const { inner, required, default: standard, description } = unwrap(schema);
    return {
      name: key,
      type: typeOf(inner),
      required,
      ...(standard === undefined ? {} : { default: standard }),
      description: description || textOf(inner),
    };
  });
  return { name, layer, summary, target: TARGETS[target], parameters, proof, undo, limits, example };
};

/** For a terminal. */
export function faultText(fault: DescribedFault): string {
  const { name, layer, summary, target, parameters, proof, undo, limits, example } = fault;
  const rows = parameters.map((one) => [
    one.name,
    one.type,
    one.default ?? (one.required ? "required" : "none"),
    one.description,
  ]);
  const head = ["parameter", "written as", "default", "meaning"];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd();
  return [
    `${name} (${layer}): ${summary}`,
    `target: ${target}`,
    ...(rows.length > 0 ? [line(head), ...rows.map(line)] : ["no parameters"]),
    `proof: ${proof}`,
    `undo: ${undo}`,
    ...limits.map((limit) => `limit: ${limit}`),
    "example:",
    ...example.split("\n").map((text) => `  ${text}`),
  ].join("\n");
}
