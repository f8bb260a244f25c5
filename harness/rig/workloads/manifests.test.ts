import { expect } from "chai";

import { WORKLOAD_KINDS } from "../../config/model.ts";
import { definitionOf } from "./catalogue.ts";
import { workloadNeeds, workloadObjects } from "./manifests.ts";

const PLACE = { image: "edgeproof.local/x:1", node: "pi4-1" };

describe("the objects of a workload", () => {
  for (const kind of WORKLOAD_KINDS)
    it(`${kind}: one pod on its node, with a disk of its own, behind a node port for each of its ports`, () => {
      const definition = definitionOf(kind);
      const [files, service, { spec }] = workloadObjects(definition, PLACE);
      const pod = spec?.template.spec;
      expect(definition.kind).to.equal(kind);
      expect(spec?.replicas).to.equal(1);
      expect(pod?.nodeSelector).to.deep.equal({ "kubernetes.io/hostname": "pi4-1" });
      expect(pod?.containers[0]).to.deep.include({ image: PLACE.image, imagePullPolicy: "Never" });
      const disk = pod?.volumes?.find(({ name }) => name === "data");
      if (definition.volume) expect(disk?.persistentVolumeClaim?.claimName).to.equal(kind);
      else expect(disk?.hostPath?.path).to.match(new RegExp(`/${kind}$`));
      const needs = workloadNeeds(definition, {}).map((object) => object.kind);
      expect(needs.includes("PersistentVolumeClaim")).to.equal(definition.volume !== undefined);
      expect(needs.includes("Secret")).to.equal(pod?.containers[0]?.envFrom?.[0]?.secretRef?.name === kind);
      expect(service.spec?.type).to.equal("NodePort");
      expect(service.spec?.ports?.map(({ port }) => port)).to.deep.equal(
        definition.ports.map(({ port }) => port),
      );
      // What the program is told to read is there.
      const paths = [...(pod?.containers[0]?.args ?? [])].filter((one) => one.startsWith("/etc/edgeproof/"));
      expect(Object.keys(files.data ?? {}).map((name) => `/etc/edgeproof/${name}`)).to.have.members(paths);
    });
});
