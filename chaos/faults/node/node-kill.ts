import { z } from "zod";

import { defineFault } from "../definition.ts";
import { powerOff } from "./power-off.ts";

export const nodeKill = defineFault({
  name: "node-kill",
  layer: "node",
  summary: "Power cut: all processes of a machine end at once, its disk stays.",
  target: "nodes",
  parameters: z.strictObject({}),
  proof: "The driver says that the machine is off, and it answers no ping of the tester.",
  undo: "Power on, by the driver; the machine boots and joins by itself. A machine that is off holds no lease.",
  limits: [],
  example: "- { fault: node-kill, target: pi4-1 }",
  build: (_params, target, context) =>
    powerOff(context, target, { what: "power cut", off: (power, node) => power.kill(node) }),
});
