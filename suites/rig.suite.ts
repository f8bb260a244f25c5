import { CoreV1Api } from "@kubernetes/client-node";
import { expect } from "chai";

import { DNS_SERVICE_IP } from "../harness/rig/addresses.ts";
import { RUNTIME_PATH } from "../harness/rig/driver/runtime-folder.ts";
import { isReady } from "../harness/rig/engine/nodes-ready.ts";
import { NAMESPACE } from "../harness/rig/functions/manifests.ts";
import { proveOverlay } from "../harness/rig/overlay/overlay-proof.ts";
import { openFaasManifests } from "../harness/rig/functions/openfaas/openfaas-manifests.ts";
import { ApiRequests } from "../harness/rig/kube/api-request.ts";
import { apply } from "../harness/rig/kube/apply.ts";
import { loadKubeconfig } from "../harness/rig/kube/kube-client.ts";
import { LABEL_CLASS, LABEL_SITE } from "../harness/rig/node-labels.ts";
import { currentSession } from "../harness/session/session.ts";

describe("Is the rig what the topology says", () => {
  const session = currentSession();
  const { rig } = session;

  it("has every node Ready at its overlay address, labelled with site and device class", async () => {
    const { items } = await loadKubeconfig(rig.kubeconfig).makeApiClient(CoreV1Api).listNode();
    const found = items.map((node) => ({
      name: node.metadata?.name,
      ready: isReady(node),
      address: node.status?.addresses?.find(({ type }) => type === "InternalIP")?.address,
      site: node.metadata?.labels?.[LABEL_SITE],
      deviceClass: node.metadata?.labels?.[LABEL_CLASS],
    }));
    const wanted = rig.clusterNodes.map(({ name, overlay, site, deviceClass }) => ({
      name,
      ready: true,
      address: overlay,
      site,
      deviceClass,
    }));
    expect(found).to.have.deep.members(wanted);
  });

  it("carries traffic over the overlay between every ordered pair of machines", async () => {
    const { machines } = rig;
    const pairs = machines.flatMap((from) =>
      machines.filter((to) => to !== from).map((to) => `${from.name} -> ${to.name}`),
    );
    // Proved while the rig was brought up; one that was up already is asked now.
    const overlay = rig.parts.overlay.length > 0 ? rig.parts.overlay : await proveOverlay(machines);
    expect(overlay.map(({ from, to }) => `${from} -> ${to}`)).to.have.members(pairs);
  });

  it("lets nodes reach each other only through the WAN router", async function () {
    // Real machines meet on a network of their own.
    if (!rig.wan) return this.skip();
    const [from, to] = rig.clusterNodes;
    if (!from || !to) throw new Error("the topology has fewer than two nodes");
    const route = await from.exec(["ip", "-j", "route", "get", to.underlay]);
    const gateway = (JSON.parse(route.stdout) as { gateway?: string }[])[0]?.gateway;
    const router = await rig.wan.exec(["ip", "-j", "addr"]);
    expect(router.stdout).to.contain(`"${gateway}"`);
  });

  it("serves each function from every device class", async function () {
    this.timeout(120_000);
    await Promise.all([session.deploy("hello-world"), session.deploy("payload-echo"), session.deploy("fib")]);
  });

  it("would take OpenFaaS, whose images come from a registry: its manifests, by a dry run", async () => {
    const api = new ApiRequests(loadKubeconfig(rig.kubeconfig), 15_000);
    const objects = openFaasManifests({
      ...{ system: NAMESPACE, functions: NAMESPACE, password: "dry run" },
      ...{ gateway: "registry.test/gateway:1", provider: "registry.test/faas-netes:1" },
    });
    expect(objects).to.have.length.above(4);
    for (const object of objects) {
      const answer = await apply(api, object, true);
      expect(answer.status, `${object.kind}: ${answer.body}`).to.be.within(200, 201);
    }
  });

  it("resolves a function's name by the cluster's DNS, from a node of each site", async function () {
    this.timeout(60_000);
    // Asked again until DNS is up, as any pod would: a node refuses the port while the service has no endpoint.
    const script = `
      const { Resolver } = require("node:dns/promises");
      const resolver = new Resolver({ timeout: 1000, tries: 2 });
      resolver.setServers(["${DNS_SERVICE_IP}"]);
      const ask = (left) =>
        resolver.resolve4("hello-world.${NAMESPACE}.svc.cluster.local").then(
          ([address]) => console.log(address),
          (error) => {
            if (left === 0) throw error;
            setTimeout(ask, 200, left - 1);
          },
        );
      ask(100);`;
    const answers = await Promise.all(
      rig.clusterNodes.map(async (node) =>
        (await node.exec([`${RUNTIME_PATH}/node`, "-e", script])).stdout.trim(),
      ),
    );
    expect(new Set(answers).size, answers.join(", ")).to.equal(1);
    expect(answers[0]).to.match(/^10\.43\./);
  });
});
