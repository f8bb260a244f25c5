import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { build } from "esbuild";
import { expect } from "chai";

import { EdgeproofError } from "../../../errors.ts";
import { projectFile } from "../../../project.ts";
import { findProgram } from "../../../setup/find-program.ts";
import type { NodeUndo } from "../../node-handle.ts";
import { SshConnections } from "./connections.ts";
import { parseFacts, platformOf } from "./node-facts.ts";
import { remoteScript } from "./remote-scripts.ts";
import type { ConfiguredHost } from "./ssh-config.ts";
import { SshDriver } from "./ssh-driver.ts";
import type { SshState } from "./ssh-state.ts";
import { TestMachine, whyNoMachine } from "./testing/machine.ts";

/** The agent and what clears links, run by this machine's Node: uploading Node itself would take longer than all of the tests. */
async function smallRuntime(folder: string): Promise<string> {
  const runtime = join(folder, "runtime");
  await build({
    entryPoints: {
      agent: projectFile("harness/agent/main.ts"),
      "wan-control": projectFile("chaos/wan/control-main.ts"),
    },
    ...{ bundle: true, platform: "node", format: "esm", target: "node20", external: ["koffi"] },
    ...{ outExtension: { ".js": ".mjs" }, outdir: runtime, logLevel: "silent" },
  });
  writeFileSync(join(runtime, "node"), `#!/bin/sh\nexec ${process.execPath} "$@"\n`);
  chmodSync(join(runtime, "node"), 0o755);
  return runtime;
}

const plan = { name: "pi-1", role: "lighthouse", site: "a", deviceClass: "", overlay: undefined } as const;

describe("the ssh driver, on a machine with sshd", function () {
  this.timeout(60_000);
  let machine: TestMachine;
  let folder: string;
  let runtime: string;
  let host: ConfiguredHost;
  let connections: SshConnections;

  before(async function () {
    const why = whyNoMachine();
    if (why !== undefined) {
      console.log(`      skipped: ${why}`);
      return this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "edgeproof-ssh-test-"));
    [machine, runtime] = await Promise.all([TestMachine.start(), smallRuntime(folder)]);
    const { port, key } = machine;
    host = { machine: "pi-1", address: "127.0.0.1", port, user: "root", key, proxyJump: undefined };
    connections = new SshConnections([host], machine.knownHosts);
  });
  after(async () => {
    await connections?.close();
    await machine?.end();
    if (folder) rmSync(folder, { recursive: true });
  });

  const driverFor = async (
    rig: string,
    { runtime: own = runtime, signal }: { runtime?: string; signal?: AbortSignal } = {},
  ): Promise<SshDriver> => {
    const facts = parseFacts((await connections.to("pi-1").run(remoteScript.facts(), [])).stdout);
    const { architecture, cpus, systemd } = facts;
    const about = {
      node: "pi-1",
      role: "lighthouse",
      underlay: "192.0.2.1",
      architecture,
      cpus,
      systemd,
    } as const;
    const state: SshState = {
      ...{ kind: "ssh", inventory: "lab.yaml", inventoryName: "lab", knownHosts: machine.knownHosts },
      ...{ onNodeLost: "rollback", ports: {}, hosts: [{ ...host, ...about, platform: platformOf(facts) }] },
    };
    return new SshDriver({ rig, state, connections, runtimeFolder: () => Promise.resolve(own), signal });
  };
  const code = (error: unknown): string => (error instanceof EdgeproofError ? error.code : String(error));
  const refusal = (work: Promise<unknown>): Promise<string> => work.then(() => "nothing was refused", code);

  it("brings arguments to the node as they are, whatever is in them", async () => {
    const words = ["", "a b", "$(id)", "`id`", "a'b", '"', "\\", ";reboot", "-x", "a\nb"];
    const { stdout } = await connections.to("pi-1").run('printf "%s\\0" "$@"', words);
    expect(stdout.split("\0").slice(0, -1)).to.deep.equal(words);
  });

  it("shares one connection among calls, and opens it again when it broke", async () => {
    const transport = connections.to("pi-1");
    const all = await Promise.all(Array.from({ length: 12 }, () => transport.run("echo $PPID", [])));
    expect(all).to.have.length(12);
    machine.cut();
    await delay(100);
    expect((await transport.run("echo again", [])).stdout).to.equal("again\n");
  });

  it("refuses a machine that shows another host key, or one that nobody knows", async () => {
    const other = join(folder, "other_hosts");
    const line = readFileSync(machine.knownHosts, "utf8");
    const stranger = readFileSync(`${machine.key}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
    for (const [text, expected] of [
      [`${line.split(" ")[0]} ${stranger}\n`, "HOST_KEY_CHANGED"],
      ["", "HOST_KEY_UNKNOWN"],
    ] as const) {
      writeFileSync(other, text);
      const wrong = new SshConnections([host], other);
      expect(await refusal(wrong.to("pi-1").run("true", []))).to.equal(expected);
      await wrong.close();
    }
  });

  it("says that a key is refused, and that nobody answers", async () => {
    const strange = join(folder, "strange");
    copyFileSync(machine.key, strange);
    chmodSync(strange, 0o600);
    writeFileSync(strange, "no key\n");
    const refused = new SshConnections([{ ...host, key: strange }], machine.knownHosts);
    expect(await refusal(refused.to("pi-1").run("true", []))).to.equal("SSH_REFUSED");
    const nobody = new SshConnections([{ ...host, port: 9 }], machine.knownHosts);
    expect(await refusal(nobody.to("pi-1").run("true", []))).to.equal("NODE_UNREACHABLE");
    await Promise.all([refused.close(), nobody.close()]);
  });

  it("takes a bare machine, goes on where it was cut off, and leaves it as it was", async () => {
    const before = machine.changes();
    const sysctl = () =>
      machine.exec("cat", "/proc/sys/net/ipv4/ip_local_port_range", "/proc/sys/net/ipv4/ip_forward");
    const settings = sysctl();
    const driver = await driverFor("lab");
    // A copy that was cut off, as by a power cut of the tester.
    await connections.to("pi-1").run(remoteScript.claim(), ["lab"]);
    machine.exec("mkdir", "-p", "/opt/edgeproof/runtime");
    const node = await driver.startMachine({ ...plan, role: "tester" });
    expect((await node.exec(["/bin/echo", "here"])).stdout).to.equal("here\n");
    expect(sysctl()).to.not.equal(settings);
    await node.startService({ name: "sleeper", argv: ["/bin/sleep", "1000"] });
    const program = join(folder, "program");
    writeFileSync(program, "#!/bin/sh\necho ran\n");
    await driver.place("pi-1", { folder: "bin", name: "program", path: program });
    expect((await node.exec(["/opt/edgeproof/bin/program"])).stdout).to.equal("ran\n");
    await node.disconnect();
    // Again: all is there already.
    const again = await driver.startMachine({ ...plan, role: "tester" });
    expect((await again.services()).map(({ name }) => name)).to.deep.equal(["sleeper"]);
    await again.disconnect();
    await driver.remove();
    await driver.remove();
    const left = machine.changes().filter((line) => !before.includes(line));
    // Folders that had something in them have a copy in the layer.
    expect(left.filter((line) => !/^(opt|var|var\/lib|var\/log) d 755$/.test(line))).to.deep.equal([]);
    expect(sysctl()).to.equal(settings);
    expect(machine.exec("ps", "-eo", "args")).to.not.match(/edgeproof|sleep 1000/);
  });

  it("undoes what leases are for and restores links, though the agent is dead and the guard with it", async function () {
    if (!findProgram("tc")) return this.skip();
    const driver = await driverFor("lab");
    const node = await driver.startMachine({ ...plan, role: "tester" });
    machine.exec("touch", "/run/broken", "/run/kept");
    const undo: NodeUndo = { kind: "exec", argv: ["rm", "/run/broken"] };
    await node.lease({ id: "a", fault: "some-fault", what: "a file", undo }, 60_000);
    // An interface that came after the manifest was written.
    machine.exec("ip", "link", "add", "late0", "type", "veth", "peer", "name", "late1");
    machine.exec("tc", "qdisc", "add", "dev", "late0", "root", "handle", "ed00:", "htb");
    machine.exec("sh", "-c", "kill -9 $(cat /run/edgeproof/agent.pid) $(pgrep -f '[a]gent.mjs guard')");
    await node.disconnect();
    await driver.remove();
    expect(machine.exec("ls", "/run"))
      .to.match(/kept/)
      .and.not.match(/broken/);
    expect(machine.exec("tc", "qdisc", "show", "dev", "late0")).to.not.include("htb");
    machine.exec("ip", "link", "delete", "late0");
  });

  it("names what could not be undone, and is clean the next time", async () => {
    const driver = await driverFor("lab");
    const node = await driver.startMachine({ ...plan, role: "tester" });
    const undo: NodeUndo = { kind: "exec", argv: ["/bin/sh", "-c", "echo no such clock >&2; exit 1"] };
    await node.lease({ id: "a", fault: "clock-skew", what: "its clock", undo }, 60_000);
    await node.disconnect();
    const failure = await driver.remove().catch((error: unknown) => error as EdgeproofError);
    expect(failure)
      .to.be.instanceOf(EdgeproofError)
      .with.property("where")
      .that.matches(/^pi-1: .*not undone: clock-skew: its clock: .*no such clock/s);
    await driver.remove();
    expect(machine.exec("ls", "/var/lib")).to.not.match(/^edgeproof$/m);
  });

  it("is cut off at once in the middle of a copy, and takes back what was put there", async () => {
    const before = machine.changes();
    const controller = new AbortController();
    const big = join(folder, "big-runtime");
    cpSync(runtime, big, { recursive: true });
    // Random, so that it does not become small on its way.
    writeFileSync(join(big, "ballast"), randomBytes(48_000_000));
    const driver = await driverFor("lab", { runtime: big, signal: controller.signal });
    const started = refusal(driver.startMachine(plan));
    const copies = () => machine.exec("sh", "-c", "ls -A /opt/edgeproof 2>/dev/null || true");
    while (!copies().includes(".draft")) await delay(10);
    controller.abort(new EdgeproofError("INTERRUPTED", 130, "interrupted"));
    const began = performance.now();
    expect(await started).to.equal("INTERRUPTED");
    expect(performance.now() - began).to.be.below(2_000);
    const said: string[] = [];
    await driver.remove((line) => said.push(line));
    expect(said.join()).to.match(/^pi-1 is as it was \(\d+ s\)$/);
    const left = machine.changes().filter((line) => !before.includes(line));
    expect(left.filter((line) => !/^(opt|var|var\/lib|var\/log) d 755$/.test(line))).to.deep.equal([]);
  });

  it("does not touch a machine that belongs to another rig, nor one where something of its name lies", async () => {
    const transport = connections.to("pi-1");
    await transport.run(remoteScript.claim(), ["other"]);
    expect(await refusal((await driverFor("lab")).startMachine(plan))).to.equal("NODE_IN_USE");
    expect((await transport.run(remoteScript.remove(), ["lab"])).stdout).to.equal("taken other\n");
    expect((await transport.run(remoteScript.remove(), ["other"])).stdout).to.equal("removed\n");
    machine.exec("mkdir", "/opt/edgeproof");
    expect(await refusal((await driverFor("lab")).startMachine(plan))).to.equal("NODE_OCCUPIED");
    machine.exec("rmdir", "/opt/edgeproof");
  });

  it("puts nothing on a machine that was not claimed", async () => {
    expect(
      await refusal((await driverFor("lab")).place("pi-1", { folder: "bin", name: "x", path: machine.key })),
    ).to.equal("NODE_COMMAND_FAILED");
    expect(existsSync("/opt/edgeproof/bin/x")).to.equal(false);
  });

  it("refuses a file that came damaged", async () => {
    const transport = connections.to("pi-1");
    await transport.run(remoteScript.claim(), ["lab"]);
    const asked = transport.run(remoteScript.put(), ["bin", "x", "0".repeat(64), "0755"], {
      stdin: "not gzip",
    });
    expect(await refusal(asked)).to.equal("NODE_COMMAND_FAILED");
    expect(machine.exec("ls", "/opt/edgeproof")).to.not.include("bin/x");
    await transport.run(remoteScript.remove(), ["lab"]);
  });

  it("names the machine that could not be cleaned", async () => {
    const driver = await driverFor("lab");
    const state = { ...(driver as unknown as { options: { state: SshState } }).options.state };
    const gone = { ...state.hosts[0]!, machine: "pi-9", port: 9 };
    const both = new SshDriver({
      rig: "lab",
      state: { ...state, hosts: [...state.hosts, gone] },
      connections: new SshConnections([host, gone], machine.knownHosts),
    });
    const failure = await both.remove().catch((error: unknown) => error as EdgeproofError);
    expect(failure)
      .to.be.instanceOf(EdgeproofError)
      .with.property("where")
      .that.matches(/^pi-9: ssh does not reach it/);
    await both.close();
  });
});
