import { z } from "zod";

import type { StreamDirection } from "./toxic.ts";

export const direction = z
  .enum(["downstream", "upstream"])
  .default("downstream")
  .describe("`downstream`: answers, from the server to the client; `upstream`: requests.");

const sides = {
  downstream: ["downstream"],
  upstream: ["upstream"],
  both: ["downstream", "upstream"],
} as const;

export const directions = z
  .enum(["downstream", "upstream", "both"])
  .default("downstream")
  .describe(
    "`downstream`: answers, from the server to the client; `upstream`: requests; `both`: each of them.",
  );

export const sidesOf = (wanted: keyof typeof sides): readonly StreamDirection[] => sides[wanted];
