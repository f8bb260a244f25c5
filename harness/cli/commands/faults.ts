import { z } from "zod";

import { CATALOGUE, faultNamed } from "../../../chaos/faults/catalogue.ts";
import { describeFault, faultText } from "../../../chaos/faults/describe-fault.ts";
import type { FaultLayer } from "../../../chaos/faults/definition.ts";
import { LAYERS } from "../../../chaos/faults/catalogue.ts";
import { didYouMean } from "../../config/did-you-mean.ts";
import { usageError } from "../../errors.ts";
import { ExitCode } from "../../exit-codes.ts";

const layerSchema = z.enum(LAYERS as [FaultLayer, ...FaultLayer[]]);

function layerNamed(name: string): FaultLayer {
  const parsed = layerSchema.safeParse(name);
  if (parsed.success) return parsed.data;
  const fix = didYouMean(name, LAYERS);
  throw usageError("layer-unknown", `there is no layer \`${name}\``, {
    expected: `one of ${LAYERS.join(", ")}`,
    ...(fix === undefined ? {} : { fix }),
  });
}

/** Lists the catalogue, a line a fault. */
export function listFaults(options: { layer?: string; json: boolean }): ExitCode {
  const layer = options.layer === undefined ? undefined : layerNamed(options.layer);
  const found = CATALOGUE.filter((definition) => layer === undefined || definition.layer === layer);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(found.map(describeFault), undefined, 2)}\n`);
    return ExitCode.met;
  }
  const widest = Math.max(0, ...found.map(({ name }) => name.length));
  for (const { name, summary } of found) process.stdout.write(`${name.padEnd(widest)}  ${summary}\n`);
  return ExitCode.met;
}

/** Shows one fault: its target, parameters, proof, undo step and limits. */
export function showFault(name: string, json: boolean): ExitCode {
  const described = describeFault(faultNamed(name));
  process.stdout.write(json ? `${JSON.stringify(described, undefined, 2)}\n` : `${faultText(described)}\n`);
  return ExitCode.met;
}
