import { readFileSync } from "node:fs";
import { z } from "zod";
import { parse } from "yaml";
import { usageError } from "../../harness/errors.ts";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]).transform((value) => value ?? "");
const scalars = z.record(z.string(), scalar).default({});

const stepSchema = z.looseObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.union([z.string(), z.boolean()]).transform(String).optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  shell: z.string().optional(),
  "working-directory": z.string().optional(),
  with: scalars,
  env: scalars,
});

const jobSchema = z.looseObject({
  if: z.union([z.string(), z.boolean()]).transform(String).optional(),
  strategy: z.looseObject({ matrix: z.record(z.string(), z.array(scalar)).default({}) }).optional(),
  "timeout-minutes": z.number().default(360),
  env: scalars,
  steps: z.array(stepSchema).min(1),
});

const workflowSchema = z.looseObject({
  name: z.string(),
  on: z.unknown(),
  env: scalars,
  jobs: z.record(z.string(), jobSchema),
});

export type Step = z.output<typeof stepSchema>;
export type Job = z.output<typeof jobSchema>;
export type Workflow = z.output<typeof workflowSchema>;
export type Scalar = z.output<typeof scalar>;

/** @throws EdgeproofError (usage) for what is no workflow */
export function readWorkflow(file: string): Workflow {
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw usageError("workflow-unreadable", "this is no workflow", { where: file, cause });
  }
  const read = workflowSchema.safeParse(content);
  if (read.success) return read.data;
  throw usageError("workflow-invalid", z.prettifyError(read.error), { where: file });
}

const dispatchSchema = z.looseObject({
  workflow_dispatch: z
    .looseObject({ inputs: z.record(z.string(), z.looseObject({ default: scalar.optional() })).default({}) })
    .nullable()
    .optional(),
});

/** Inputs of a start by hand, with their defaults. */
export function defaultInputs({ on }: Workflow): Record<string, Scalar> {
  const read = dispatchSchema.safeParse(on);
  const inputs = read.success ? (read.data.workflow_dispatch?.inputs ?? {}) : {};
  return Object.fromEntries(Object.entries(inputs).map(([name, { default: value }]) => [name, value ?? ""]));
}

/** Every combination of a job's matrix, the first values first; one empty one without a matrix. */
export function combinations({ strategy }: Job): Record<string, Scalar>[] {
  return Object.entries(strategy?.matrix ?? {}).reduce<Record<string, Scalar>[]>(
    (found, [name, values]) => found.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}
