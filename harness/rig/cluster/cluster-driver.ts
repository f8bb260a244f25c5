import { rigError } from "../../errors.ts";
import type { NodeIdentity } from "../driver/identified-node.ts";
import type { MachineFacts, Power, RigDriver } from "../driver/driver.ts";
import type { RigNode } from "../driver/rig-node.ts";
import type { FunctionWay } from "../function-way.ts";
import { kubeconfigPath } from "../kubeconfig-path.ts";
import { loadKubeconfig } from "../kube/kube-client.ts";
import { ApiNode } from "./api-node.ts";
import { ClusterApi } from "./cluster-api.ts";
import type { ClusterState } from "./cluster-state.ts";
import { type ChosenContext, chooseContext } from "./kubeconfig-copy.ts";
import { localTester, testerMarks } from "./local-tester.ts";
import { removeNamespace } from "./own-namespace.ts";
import { openWay } from "./way/open-way.ts";

/** Credentials of the user's own file, which may be newer, if it is still about the same API; else of the rig's copy. */
function credentials(rig: string, { kubeconfig, context, server }: ClusterState): ChosenContext {
  try {
    const now = chooseContext(kubeconfig, context);
    if (now.server === server) return now;
  } catch {
    // It is gone, or has no such context any more.
  }
  return chooseContext(kubeconfigPath(rig));
}

const noPower = (node: string): Promise<never> =>
  Promise.reject(
    rigError("NO_POWER", `the power of ${node} is not edgeproof's`, {
      expected: "a rig of `driver: ssh` or `driver: container`",
    }),
  );

/** A rig on a cluster that exists: one namespace there, and processes of this machine. */
export class ClusterDriver implements RigDriver {
  readonly kind = "cluster";
  readonly namespace: string;
  readonly power: Power = {
    switches: "services",
    ...{ kill: noPower, stop: noPower, start: noPower, pause: noPower, unpause: noPower },
    // The API says whether they are Ready; nothing of theirs is switched.
    state: () => Promise.resolve("running"),
  };
  private readonly rig: string;
  private readonly state: ClusterState;
  private opened: FunctionWay | undefined;

  constructor(rig: string, state: ClusterState) {
    this.rig = rig;
    this.state = state;
    this.namespace = state.namespace;
  }

  get way(): FunctionWay | undefined {
    const { gateway } = this.state;
    if (!gateway) return undefined;
    return (this.opened ??= openWay(gateway, loadKubeconfig(kubeconfigPath(this.rig)), this.namespace));
  }

  attach(identity: NodeIdentity): RigNode {
    if (identity.role !== "tester") return new ApiNode(identity);
    const { tester } = this.state;
    if (tester) return localTester(this.rig, tester);
    throw rigError("RIG_UNFINISHED", `the rig ${this.rig} was not brought up to its end`, {
      fix: "run `edgeproof heal`",
    });
  }

  facts(): Promise<MachineFacts> {
    const { architectures, context, unused, namespace } = this.state;
    return Promise.resolve({
      // Part of what makes figures comparable.
      engine: `none, requests by ${this.state.gateway?.kind === "forward" ? "port-forward" : "node port"}`,
      sharedCores: undefined,
      architecture: (machine) => architectures[machine] ?? "",
      settings: {
        ...{ driver: this.kind, context, namespace, gateway: this.way?.described ?? "" },
        ...(unused.length > 0 ? { unusedNodes: unused.join(", ") } : {}),
      },
    });
  }

  async close(): Promise<void> {
    await this.opened?.close();
    this.opened = undefined;
  }

  /** The namespace, and what still runs here. */
  async remove(): Promise<void> {
    testerMarks(this.rig).endAll();
    await removeNamespace(new ClusterApi(credentials(this.rig, this.state)), this.state);
  }
}
