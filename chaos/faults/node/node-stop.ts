import { z } from "zod";

import { defineFault } from "../definition.ts";
import { powerOff } from "./power-off.ts";

export const nodeStop = defineFault({
  name: "node-stop",
  layer: "node",
  summary: "Graceful stop: the machine is asked to end and has time to; its disk stays.",
  target: "nodes",
  parameters: z.strictObject({}),
  proof:
    "The driver says that the machine is off, and it answers no ping of the tester; a real one none over the overlay.",
  undo: "Power on, by the driver; the machine boots and joins by itself. A machine that is off holds no lease.",
  limits: [
    "Only the agent is asked to end; what it started ends with it. The rest of a real machine goes on.",
  ],
  example: "- { fault: node-stop, target: pi4-1 }",
  build: (_params, target, context) =>
    powerOff(context, target, { what: "graceful stop", off: (power, node) => power.stop(node) }),
});
