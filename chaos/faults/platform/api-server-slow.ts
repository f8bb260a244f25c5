import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { joinEvidence } from "../node/join-evidence.ts";
import { latencyProof } from "../stream/latency.ts";
import { streamChanges } from "../stream/stream-changes.ts";
import { StreamEvidence } from "../stream/stream-evidence.ts";
import { wholeSteps } from "../stream/stream-fault.ts";
import { apiWay } from "../stream/stream-way.ts";
import { untilNodesReady } from "./control-plane.ts";

export const apiServerSlow = defineFault({
  name: "api-server-slow",
  layer: "platform",
  summary: "Every node hears from the API server late: toxiproxy on each of them delays its answers.",
  target: "rig",
  parameters: z.strictObject({
    latency: quantity("duration", "Added to every answer, whole ms; 0ms changes nothing."),
  }),
  proof:
    "On every node, time to the first byte from the API server, ten connections a second: the median before plus the latency, within max(5 ms, 10 %, the median before).",
  undo: "As for stream faults, on each node by itself: the nft table is deleted and toxiproxy ended.",
  limits: [
    "Concerns the nodes' own processes (kubelet, kube-proxy, controllers): neither pods nor the tester, whose way to the API stays free.",
    "Not together with a stream fault on a node's way to the API.",
  ],
  example: "- fault: api-server-slow\n  latency: 300ms",
  build({ latency }, _target, { rig, name, phase, guard }) {
    const attributes = { latency: wholeSteps("latency", latency, 1, "ms"), jitter: 0 };
    const ways = rig.nodes.map((node) => apiWay(node, rig.server));
    const toxics = [{ type: "latency", stream: "downstream", attributes }] as const;
    return new ChangeFault({
      ...{ name, phase, guard },
      description: `${latency} ms on every answer of the API server to ${rig.nodes.length} nodes`,
      changes: ways.flatMap((way) => streamChanges(rig, way, { toxics })),
      evidence: joinEvidence(
        ways.map(
          (way) =>
            new StreamEvidence(way, latencyProof(latency, "api-latency-ms"), rig.paths, rig.probeShare),
        ),
      ),
      affects: rig.nodes.map((node) => node.name),
      recovered: () => untilNodesReady(rig),
    });
  },
});
