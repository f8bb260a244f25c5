import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EdgeproofError } from "../errors.ts";
import { projectFile } from "../project.ts";
import { ConfigError } from "./config-error.ts";
import { jsonSchemas } from "./export-schemas.ts";
import { loadClasses, loadProfiles, loadTopology, topologyNames } from "./load.ts";

describe("configuration", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-config-"))));
  after(() => rmSync(folder, { recursive: true }));

  const quickstart = readFileSync(projectFile("fixtures/topologies/quickstart.yaml"), "utf8");
  const failure = (text: string, load: (file: string) => unknown = loadTopology): EdgeproofError => {
    const file = join(folder, "t.yaml");
    writeFileSync(file, text);
    try {
      load(file);
    } catch (error) {
      if (error instanceof EdgeproofError) return error;
      throw error;
    }
    throw new Error("no error was raised");
  };
  const change = (from: string | RegExp, to: string): EdgeproofError => failure(quickstart.replace(from, to));

  it("loads every topology that comes with the project", () => {
    for (const name of topologyNames()) expect(loadTopology(name).name).to.equal(name);
    expect(topologyNames()).to.include.members(["quickstart", "five-nodes"]);
  });

  it("gives the quickstart in the model's units", () => {
    const { nodes, wanProfile, emulation, cluster, engine } = loadTopology("quickstart");
    expect(nodes.map(({ name, role, deviceClass }) => `${name} ${role} ${deviceClass}`)).to.deep.equal([
      "cloud-1 server vm-medium",
      "pi4-1 agent pi4",
      "pi3-1 agent pi3",
    ]);
    expect({ wanProfile, emulation, engine }).to.deep.equal({
      wanProfile: "lcl",
      emulation: "none",
      engine: "auto",
    });
    expect(cluster).to.deep.equal({ nodeMonitorGracePeriodSeconds: 8, unreachableTolerationSeconds: 2 });
  });

  it("refuses a workload on no node, and a second of one kind", () => {
    const more = `${quickstart}
workloads:
  - { kind: nats, node: pi4-2 }
  - { kind: nats, node: pi3-1 }
`;
    expect(failure(more).format())
      .to.contain("there is no node `pi4-2`")
      .and.to.contain("two workloads are `nats`");
    expect(failure(`${quickstart}\nworkloads: [{ kind: natz, node: pi3-1 }]\n`).format()).to.contain(
      "did you mean",
    );
  });

  it("reads one of an existing cluster, whose nodes are the API's to tell", () => {
    const file = join(folder, "field.yaml");
    writeFileSync(file, "name: field\ndriver: cluster\ncluster: { kubeconfig: k/config, class: pi4 }\n");
    const { driver, nodes, existing, wanProfile } = loadTopology(file);
    expect([driver, nodes, wanProfile]).to.deep.equal(["cluster", [], "lcl"]);
    expect(existing).to.deep.equal({
      ...{ kubeconfig: join(folder, "k/config"), fallbackClass: "pi4", gateway: "auto" },
      ...{ context: undefined, namespace: undefined, nodes: undefined, images: undefined },
      ...{ classLabel: undefined, siteLabel: undefined },
    });
    const wrong = failure(
      "name: field\ndriver: cluster\nnodes: []\ncluster: { kubeconfig: c, gateway: 'x y', images: 'r/a:1' }\n",
    ).format();
    expect(wrong).to.contain("`forward`").and.to.contain("a registry and a path").and.to.contain("nodes");
  });

  it("fills in what a topology leaves out", () => {
    const file = join(folder, "minimal.yaml");
    writeFileSync(
      file,
      quickstart
        .replaceAll(/^(engine|driver|functionsLayer|wanProfile|emulation):.*\n/gm, "")
        .replace(/^cluster:[^]*/m, ""),
    );
    expect({ ...loadTopology(file), file: "" }).to.deep.equal({
      ...loadTopology("quickstart"),
      functionsLayer: "deployment",
      metricsServer: false,
      openfaas: undefined,
      knative: {
        release: undefined,
        stableWindowSeconds: 60,
        scaleToZeroGracePeriodSeconds: 30,
        meshCompatibilityMode: "auto",
      },
      file: "",
    });
  });

  it("puts the lighthouse on the server unless a dedicated one is asked for", () => {
    expect(loadTopology("quickstart").overlay).to.deep.equal({ lighthouse: "server", relay: false });
    expect(loadTopology("overlay").overlay).to.deep.equal({ lighthouse: "dedicated", relay: true });
  });

  it("has links to a dedicated lighthouse, and refuses them where there is none", () => {
    const link = "links: [{ from: cloud, to: lighthouse, delay: 5ms }]\noverlay: { lighthouse: dedicated }\n";
    const file = join(folder, "lighthouse.yaml");
    writeFileSync(file, `${quickstart}${link}`);
    expect(loadTopology(file).links[0]?.to).to.equal("lighthouse");
    const without = `${quickstart}${link.replace("dedicated", "server")}`;
    expect(failure(without).format()).to.contain("there is no site `lighthouse`");
    expect(change("name: pi4-1", "name: lighthouse-1").format()).to.contain("cannot be the name of a node");
  });

  it("has the profiles of BenchFaaS, to the digit", () => {
    const rows = [...loadProfiles().values()].map(({ name, betweenSites: a, towardsTester: b }) =>
      [name, a.delayMs, a.jitterMs, a.loss, b.delayMs, b.jitterMs, b.loss].join(" "),
    );
    expect(rows).to.include.members([
      "lcl      ",
      "opt 1.25 0.25 0.0002 1.25 0.25 0.0002",
      "typ 2.08 0.42 0.0003 2.08 0.42 0.0003",
      "bad 3.125 0.625 0.0005 3.125 0.625 0.0005",
      "cld    12.5 2.5 0.002",
    ]);
  });

  it("has a CPU count and a memory size for every device class", () => {
    const classes = loadClasses();
    expect([...classes.keys()]).to.deep.equal([
      "pi3",
      "pi4",
      "vm-small",
      "vm-medium",
      "vm-large",
      "bare-metal",
    ]);
    expect(classes.get("pi3")).to.include({ cpus: 4, memoryMiB: 1024 });
    expect(classes.get("vm-small")).to.include({ cpus: 1, memoryMiB: 2048 });
  });

  it("says where a misspelt key is and what was meant", () => {
    const error = change("engine:", "engin:");
    expect(error.exitCode).to.equal(64);
    expect(error.where).to.match(/t\.yaml:4:1$/);
    expect(error.message).to.equal("unknown key `engin`");
    expect(error.fix).to.equal("did you mean `engine`?");
  });

  const mistakes: [string, string | RegExp, string, RegExp, RegExp][] = [
    ["a missing unit", "Period: 8s", "Period: 8", /nodeMonitorGracePeriod` is `8`/, /write `8us` or `8ms`/],
    ["a wrong unit", "Period: 8s", "Period: 8 sec", /is `8 sec`/, /write `8s`/],
    ["a part of a second", "Period: 8s", "Period: 800ms", /is `800ms`/, /round it/],
    ["a window below Knative's", "Window: 6s", "Window: 5s", /`stableWindow` is `5s`/, /`6s`/],
    [
      "a part of a second for Knative",
      "ZeroGracePeriod: 3s",
      "ZeroGracePeriod: 1500ms",
      /is `1500ms`/,
      /`1s`/,
    ],
    ["an unknown profile", "wanProfile: lcl", "wanProfile: lcll", /no profile `lcll`/, /did you mean `lcl`/],
    ["an unknown class", "class: pi4", "class: p4", /no device class `p4`/, /did you mean `pi4`/],
    ["an unknown site", "site: edge-a", "site: edgea", /no site `edgea`/, /did you mean `edge-a`/],
    ["a node twice", "pi3-1", "pi4-1", /two nodes are called `pi4-1`/, /rename/],
    ["a bad node name", "pi3-1", "Pi_3", /nodes\[2\]\.name` is `Pi_3`/, /^$/],
    ["a reserved name", "pi3-1", "tester", /`tester` cannot be the name of a node/, /another name/],
    ["no server", "role: server", "role: agent", /no node is the server/, /role: server/],
    ["no agent", /.*role: agent.*\n/g, "", /no node is an agent/, /add an agent/],
    [
      "two servers",
      "role: agent",
      "role: server",
      /several servers are not supported yet/,
      /make it an agent/,
    ],
    ["OpenFaaS without images", "Layer: knative", "Layer: openfaas", /OpenFaaS has no images/, /add it/],
    [
      "real machines without an inventory",
      "driver: container",
      "driver: ssh",
      /`ssh` has no machines/,
      /add it/,
    ],
    ["an empty site", "edge-b]", "edge-b, edge-c]", /no node is at site `edge-c`/, /add a node/],
  ];
  for (const [title, from, to, message, fix] of mistakes) {
    it(`refuses ${title}`, () => {
      const error = change(from, to) as ConfigError;
      const found = error.problems.find((problem) => message.test(problem.message));
      expect(found, error.format()).to.not.equal(undefined);
      expect(found!.fix ?? "").to.match(fix);
      expect(found!.where).to.match(/:\d+:\d+$/);
    });
  }

  it("refuses links that lead nowhere, to themselves, twice, or vary what is not delayed", () => {
    const links = [
      "{ from: cloud, to: edge-x }",
      "{ from: cloud, to: cloud }",
      "{ from: tester, to: cloud }",
      "{ from: tester, to: cloud }",
      "{ from: cloud, to: tester, jitter: 1ms }",
    ];
    const error = failure(
      `${quickstart}\nlinks:\n${links.map((link) => `  - ${link}\n`).join("")}`,
    ) as ConfigError;
    expect(error.problems.map(({ message }) => message)).to.deep.equal([
      "there is no site `edge-x`",
      "a link from `cloud` to itself",
      "two links tester -> cloud",
      "`jitter` without a delay has no effect",
    ]);
  });

  it("reports every problem of a file at once, in the file's order", () => {
    const text = quickstart
      .replace("pi3-1", "pi4-1")
      .replace("engine:", "engin:")
      .replace("8s", "8")
      .replace("lcl", "tpy");
    const error = failure(text) as ConfigError;
    expect(error.problems).to.have.length(4);
    expect(
      error
        .format()
        .split("\n")
        .filter((line) => line.includes("t.yaml:")),
    ).to.have.length(4);
    expect(error.problems.map(({ where }) => Number(where.split(":").at(-2)))).to.deep.equal([4, 12, 14, 18]);
  });

  it("reports syntax errors and doubled keys with their place", () => {
    expect(failure("name: [x\nsites: }\n").where).to.match(/t\.yaml:2:1$/);
    expect(failure("name: a\nname: b\n").where).to.match(/t\.yaml:2:1$/);
    expect(failure("").message).to.equal("the file is empty");
  });

  it("checks profiles and classes the same way", () => {
    expect(
      failure("x: { description: d, betweenSites: { delay: 5 }, towardsTester: {} }", loadProfiles).message,
    ).to.equal("`x.betweenSites.delay` is `5`");
    expect(failure("x: { description: d, cpus: 0, memory: 1GB }", loadClasses).format()).to.include(
      "write `1GiB`",
    );
  });

  it("suggests a topology for a name that nearly exists", () => {
    expect(() => loadTopology("quikstart"))
      .to.throw(EdgeproofError)
      .with.property("fix", "did you mean `quickstart`?");
  });

  it("keeps the committed JSON Schemas up to date", () => {
    for (const [name, schema] of Object.entries(jsonSchemas())) {
      const committed: unknown = JSON.parse(readFileSync(projectFile("fixtures/schema", name), "utf8"));
      expect(committed, `run exportSchemas() for ${name}`).to.deep.equal(JSON.parse(JSON.stringify(schema)));
    }
  });
});
