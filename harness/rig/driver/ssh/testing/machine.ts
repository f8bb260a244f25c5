import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { projectFile } from "../../../../project.ts";

/** Why there can be no such machine here, or undefined. */
export function whyNoMachine(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs root on Linux";
  if (!existsSync("/usr/sbin/sshd")) return "needs openssh-server";
  return undefined;
}

/** A throw-away machine with sshd on the loopback: what is written there lies in a layer that goes with it. */
export class TestMachine {
  readonly port: number;
  readonly key: string;
  readonly knownHosts: string;
  readonly folder: string;
  private readonly server: Server;
  private readonly child: ChildProcess;
  private readonly served = new Set<ChildProcess>();
  private said = "";

  static async start(): Promise<TestMachine> {
    const folder = mkdtempSync(join(tmpdir(), "edgeproof-sshd-"));
    const keys = join(folder, "layer.keys");
    mkdirSync(keys);
    mkdirSync(join(folder, "layer"));
    const key = join(folder, "key");
    for (const path of [key, join(keys, "host_key")])
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path]);
    writeFileSync(join(keys, "authorized_keys"), readFileSync(`${key}.pub`));
    const config = [
      "HostKey /etc/test-ssh/host_key",
      "PermitRootLogin prohibit-password",
      "PasswordAuthentication no",
      "UsePAM no",
      "StrictModes no",
      "PidFile none",
    ];
    writeFileSync(join(keys, "sshd_config"), `${config.join("\n")}\n`);
    const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const [type = "", text = ""] = readFileSync(join(keys, "host_key.pub"), "utf8").split(" ");
    const knownHosts = join(folder, "known_hosts");
    writeFileSync(knownHosts, `[127.0.0.1]:${port} ${type} ${text}\n`);
    const machine = new TestMachine(folder, server, key, knownHosts);
    await machine.ready();
    return machine;
  }

  private constructor(folder: string, server: Server, key: string, knownHosts: string) {
    this.folder = folder;
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    this.key = key;
    this.knownHosts = knownHosts;
    const script = projectFile("harness/rig/driver/ssh/testing/machine.sh");
    const spaces = ["--mount", "--pid", "--net", "--fork", "--kill-child"];
    this.child = spawn(
      "setpriv",
      ["--pdeathsig", "KILL", "unshare", ...spaces, "/bin/sh", script, join(folder, "layer")],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.child.stderr?.on("data", (chunk: Buffer) => (this.said += chunk.toString("utf8")));
    server.on("connection", (socket) => this.serve(socket));
  }

  /** Cuts every connection, as a machine does whose power goes. */
  cut(): void {
    for (const child of this.served) child.kill("SIGKILL");
  }

  /** One sshd a connection, as inetd does it: inside the machine there is no network to the outside. */
  private serve(socket: Socket): void {
    const sshd = ["/usr/sbin/sshd", "-i", "-e", "-f", "/etc/test-ssh/sshd_config"];
    const child = spawn("nsenter", [...this.within(), ...sshd], { stdio: [socket, socket, "ignore"] });
    this.served.add(child);
    child.once("close", () => this.served.delete(child));
    child.once("spawn", () => socket.destroy());
  }

  private within(): string[] {
    return ["-t", String(this.inner()), "-m", "-p", "-n", "-r", "-w"];
  }

  /** Runs a command on the machine, past ssh. */
  exec(...argv: string[]): string {
    return execFileSync("nsenter", [...this.within(), ...argv], { encoding: "utf8" });
  }

  /** What was written, made or removed since: paths of the layer. */
  changes(): string[] {
    const layer = join(this.folder, "layer/upper");
    const listed = execFileSync(
      "nsenter",
      ["-t", String(this.inner()), "-m", "find", layer, "-mindepth", "1", "-printf", "%P %y %m\\n"],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
    return listed.split("\n").filter(Boolean).toSorted();
  }

  async end(): Promise<void> {
    this.server.close();
    this.cut();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, "close");
      this.child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The first process of the machine, in this machine's numbers. */
  private inner(): number {
    const children = readFileSync(`/proc/${this.child.pid}/task/${this.child.pid}/children`, "utf8");
    return Number(children.trim().split(" ")[0]);
  }

  private async ready(): Promise<void> {
    const [first] = (await Promise.race([once(this.child.stdout!, "data"), once(this.child, "close")])) as [
      unknown,
    ];
    if (String(first).includes("ready")) return;
    const said = this.said;
    await this.end();
    throw new Error(`the test machine did not come up: ${said}`);
  }
}
