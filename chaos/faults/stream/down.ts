import { z } from "zod";

import { answered, oneRequest, steady } from "./shapes.ts";
import { defineStreamFault } from "./stream-fault.ts";

export const streamDown = defineStreamFault({
  name: "stream-down",
  summary: "Connections are refused, as by a machine that is up and a process that is not.",
  parameters: z.strictObject({}),
  exampleParameters: [],
  proofText: "Every connection is refused, none before and after.",
  describe: () => "refused",
  toxics: () => [],
  enabled: false,
  proof: () => ({
    ...{ shape: oneRequest(0), ...steady },
    measures: [
      answered(false),
      {
        ...{ kind: "share", quantity: "connection-refused", calm: false, during: true },
        yes: ({ end }) => end === "refused",
      },
    ],
  }),
});
