/** Command line for the router's machine that takes every impairment away; `runtime` is edgeproof's folder there. */
export const wanClearArgv = (runtime: string): string[] => [
  ...[`${runtime}/node`, `${runtime}/wan-control.mjs`, "clear"],
];
