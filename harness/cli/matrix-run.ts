import { resolve } from "node:path";

import type { Topology } from "../config/model.ts";
import { usageError } from "../errors.ts";
import type { Matrix } from "../matrix/load-matrix.ts";
import { ensureSameMatrix, finishedCells, type Resumed } from "../matrix/resume.ts";
import type { RunHeader } from "../record/model.ts";
import { readRun } from "../record/read-run.ts";
import { loadSuite, type Suite } from "../session/load-suite.ts";

/** How the cells of a suite's matrix are run. */
export interface MatrixRun {
  /** Cells may be made smaller than the matrix says, to fit this host. */
  fit: boolean;
  /** The pattern that the cells were chosen by. */
  cells: string | undefined;
  /** The run that is gone on with. */
  resumed: Resumed | undefined;
}

interface Options {
  suite: string;
  /** Further files of a suite that is named by its file. */
  files?: readonly string[];
  objectives?: string;
  topology?: string | Topology | undefined;
  seed: number;
  pace?: number;
  small?: boolean;
  cells?: string;
  fit?: boolean;
  /** Folder of a run. */
  resume?: string;
}

function readResumed(path: string): Resumed {
  const folder = resolve(path);
  const { header, events } = readRun(folder, []);
  return { folder, header, ...finishedCells(events) };
}

const text = (settings: RunHeader["settings"], key: string): string | undefined =>
  key in settings ? String(settings[key]) : undefined;

/**
 * The suite with the cells of its matrix that are wanted. What a run that goes on is not told anew is as it was before.
 *
 * @throws EdgeproofError (usage), with nothing touched
 */
export function loadMatrixRun(
  options: Options,
  ownTopology?: string | Topology,
): { suite: Suite; matrix: MatrixRun } {
  const { seed, pace, topology = ownTopology } = options;
  const resumed = options.resume === undefined ? undefined : readResumed(options.resume);
  const was = resumed?.header.settings ?? {};
  const form = options.small ? "small" : text(was, "form");
  const cells = options.cells ?? text(was, "cells");
  const fit = options.fit ?? text(was, "fit") === "yes";
  const suite = loadSuite(options.suite, {
    ...{ topology, seed, pace, form, cells },
    ...{ files: options.files, objectives: options.objectives },
  });
  if (!suite.matrix) {
    const flag = resumed ? "--resume" : fit ? "--fit" : undefined;
    if (flag !== undefined)
      throw usageError("suite-no-matrix", `the suite \`${suite.name}\` has no matrix`, {
        where: flag,
        expected: "a suite of cells, such as benchfaas",
      });
  } else if (resumed) {
    const { hash: matrix, form: asked } = suite.matrix;
    const wanted = { suite: suite.name, topology: suite.topology.name, matrix, form: asked };
    ensureSameMatrix(resumed.header, wanted, resumed.folder);
  }
  return { suite, matrix: { fit, cells, resumed } };
}

/** Of the run's header: what decides which cells a run has, and how they are run. */
export const matrixSettings = (
  { form, hash }: Matrix,
  { fit = false, cells, resumed }: Partial<MatrixRun> = {},
): RunHeader["settings"] => ({
  matrix: hash,
  form,
  ...(fit ? { fit: "yes" } : {}),
  ...(cells === undefined ? {} : { cells }),
  ...(resumed ? { resumed: resumed.header.id } : {}),
});
