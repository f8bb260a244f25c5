import { z } from "zod";

import { defineFault } from "../definition.ts";
import { powerOff } from "./power-off.ts";

export const nodeKill = defineFault({
  name: "node-kill",
  layer: "node",
  summary:
    "Power cut: all processes of a machine end at once, its disk stays. Of a real one: all of the rig's.",
  target: "nodes",
  parameters: z.strictObject({}),
  proof:
    "The driver says that the machine is off, and it answers no ping of the tester; a real one none over the overlay.",
  undo: "Power on, by the driver; the machine boots and joins by itself. A machine that is off holds no lease.",
  limits: [
    "A real machine could not be switched on again: its kernel stays, and all of the rig on it ends. node-reboot with `how: reset` is a crash of the machine itself, which boots again at once.",
  ],
  example: "- { fault: node-kill, target: pi4-1 }",
  build: (_params, target, context) =>
    powerOff(context, target, { what: "power cut", off: (power, node) => power.kill(node) }),
});
