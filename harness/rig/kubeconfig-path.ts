import { join } from "node:path";

import { rigFolder } from "./rig-state.ts";

export const kubeconfigPath = (rig: string): string => join(rigFolder(rig), "kubeconfig");
