import { projectFile } from "../project.ts";
import { NAMESPACE } from "../rig/functions/manifests.ts";
import type { FunctionName } from "../rig/functions/function-images.ts";
import type { Form } from "./schema.ts";

export const TESTS = ["overhead", "payload", "intensive", "scalability", "chains"] as const;
export type TestName = (typeof TESTS)[number];

/** What each request of a cell asks of a function. */
export interface Work {
  fn: FunctionName;
  /** Below the function's own. */
  path: string;
  /** Sent, and expected back. */
  bodyBytes: number;
  /** A file that is sent. */
  bodyFile?: string;
  /** Requests of a chain by the client. */
  steps: number;
}

/** One test with one parameter over one profile, once: a phase of the run with a closed load and an open one. */
export interface Cell {
  /** Of the phase; unique in a matrix. */
  phase: string;
  test: TestName;
  profile: string;
  /** From 1. */
  repetition: number;
  /** Test and parameter without the users: cells that differ in these alone. */
  sweep: string;
  work: Work;
  users: number;
  thinkMs: number;
  until: { iterations: number } | { durationMs: number };
  timeoutMs: number;
}

type Variant = Pick<Cell, "test" | "sweep" | "work" | "users" | "thinkMs" | "until"> & {
  profiles: readonly string[];
  /** Between the test's name and the profile's; empty if a test has no parameter. */
  parameter: string;
};

const UNITS = ["b", "kib", "mib"];

/** `10kib`. */
const sizeName = (bytes: number): string => {
  let size = bytes;
  let unit = 0;
  for (; size >= 1024 && size % 1024 === 0 && unit < UNITS.length - 1; unit++) size /= 1024;
  return `${size}${UNITS[unit]}`;
};

/** Where pods find the function that a chain consists of. */
const NEXT = `http://chain.${NAMESPACE}.svc.cluster.local/`;

const work = (fn: FunctionName, changes: Partial<Work> = {}): Work => ({
  fn,
  path: "",
  bodyBytes: 0,
  steps: 1,
  ...changes,
});

/** Calls of `length` functions: by the client one after the other, by the server each from the one before. */
const chainWork = (by: "client" | "server", length: number, bodyBytes: number): Work => {
  if (by === "client") return work("chain", { bodyBytes, steps: length });
  const query = new URLSearchParams({ hops: String(length - 1), next: NEXT });
  return work("chain", { bodyBytes, path: `?${query.toString()}` });
};

/** Every test and parameter of a form, in BenchFaaS's order. */
function variantsOf(form: Form): Variant[] {
  const one = (
    test: TestName,
    parameter: string,
    asked: { iterations: number; think: number; profiles?: readonly string[] | undefined },
    what: Work,
  ): Variant => ({
    test,
    parameter,
    sweep: parameter === "" ? test : `${test}-${parameter}`,
    work: what,
    users: 1,
    thinkMs: asked.think,
    until: { iterations: asked.iterations },
    profiles: asked.profiles ?? form.profiles,
  });
  const { overhead, payload, intensive, scalability, chains } = form;
  const picture = projectFile("fixtures/functions/cmd/image/sample.jpg");
  return [
    ...(overhead ? [one("overhead", "", overhead, work("hello-world"))] : []),
    ...(payload?.sizes ?? []).map((bodyBytes) =>
      one("payload", sizeName(bodyBytes), payload!, work("payload-echo", { bodyBytes })),
    ),
    ...(intensive ? [one("intensive", "", intensive, work("image", { bodyFile: picture }))] : []),
    ...(scalability?.n ?? []).flatMap((n) =>
      scalability!.users.map((users): Variant => ({
        test: "scalability",
        parameter: `fib${n}-${users}`,
        sweep: `scalability-fib${n}`,
        work: work("fib", { path: `?n=${n}` }),
        users,
        thinkMs: scalability!.think,
        until: { durationMs: scalability!.duration },
        profiles: scalability!.profiles ?? form.profiles,
      })),
    ),
    ...(chains?.by ?? []).flatMap((by) =>
      chains!.lengths.map((length) =>
        one("chains", `${by}-${length}`, chains!, chainWork(by, length, chains!.payload)),
      ),
    ),
  ];
}

/**
 * Every cell of a form in the order in which they run: the repetitions outermost, so that what changes over hours (a host
 * that grows warm, a neighbour) meets every cell alike, and a run that ends early has whole repetitions.
 */
export function cellsOf(form: Form): Cell[] {
  const { repetitions, timeout } = form;
  const variants = variantsOf(form);
  const digits = String(repetitions).length;
  return Array.from({ length: repetitions }, (_, index) => index + 1).flatMap((repetition) =>
    variants.flatMap(({ profiles, parameter, ...variant }) =>
      profiles.map((profile): Cell => {
        const times = repetitions === 1 ? "" : `r${String(repetition).padStart(digits, "0")}`;
        const phase = [variant.test, parameter, profile, times].filter((part) => part !== "").join("-");
        return { ...variant, phase, profile, repetition, timeoutMs: timeout };
      }),
    ),
  );
}
