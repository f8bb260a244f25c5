import { expect } from "chai";

import { callKind } from "./slo.ts";

describe("which SLO a call falls under", () => {
  const cases: [Record<string, string>, string | undefined][] = [
    [{ verb: "POST", resource: "pods", scope: "resource", group: "" }, "mutating pods POST"],
    [
      { verb: "PATCH", resource: "pods", subresource: "status", scope: "resource" },
      "mutating pods/status PATCH",
    ],
    [{ verb: "APPLY", resource: "nodes", scope: "resource" }, "mutating nodes APPLY"],
    [
      { verb: "PUT", resource: "leases", group: "coordination.k8s.io", scope: "resource" },
      "mutating leases.coordination.k8s.io PUT",
    ],
    [{ verb: "GET", resource: "nodes", scope: "resource" }, "read-resource nodes resource"],
    [{ verb: "LIST", resource: "pods", scope: "namespace" }, "read-more pods namespace"],
    [{ verb: "LIST", resource: "nodes", scope: "cluster" }, "read-more nodes cluster"],
    // A collection is no single object.
    [{ verb: "DELETE", resource: "pods", scope: "namespace" }, undefined],
    [{ verb: "WATCH", resource: "pods", scope: "cluster" }, undefined],
    [{ verb: "CONNECT", resource: "pods", subresource: "exec", scope: "resource" }, undefined],
    [{ verb: "POST", resource: "serviceaccounts", subresource: "token", scope: "resource" }, undefined],
    [
      { verb: "POST", resource: "subjectaccessreviews", group: "authorization.k8s.io", scope: "resource" },
      undefined,
    ],
    [
      {
        verb: "POST",
        resource: "customresourcedefinitions",
        group: "apiextensions.k8s.io",
        scope: "resource",
      },
      undefined,
    ],
    [{ verb: "PUT", resource: "services", group: "serving.knative.dev", scope: "resource" }, undefined],
    [{ verb: "GET", resource: "stages", group: "kwok.x-k8s.io", scope: "resource" }, undefined],
    // The metrics page itself is no resource.
    [{ verb: "GET", scope: "" }, undefined],
  ];
  for (const [labels, expected] of cases)
    it(`${Object.values(labels).join(" ")}: ${expected ?? "none"}`, () => {
      const kind = callKind(labels);
      expect(kind && `${kind.slo} ${kind.resource} ${kind.of}`).to.equal(expected);
    });
});
