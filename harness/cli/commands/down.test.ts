import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { EdgeproofError } from "../../errors.ts";
import { platformOf, parseFacts } from "../../rig/driver/ssh/node-facts.ts";
import { createRigFolder, rigFolder, writeRigState } from "../../rig/rig-state.ts";
import { findProgram } from "../../setup/find-program.ts";
import { down } from "./down.ts";

describe("taking down a rig of real machines", function () {
  this.timeout(20_000);
  const before = process.env.XDG_STATE_HOME;
  let home: string;

  beforeEach(async function () {
    if (!findProgram("ssh")) return this.skip();
    home = mkdtempSync(join(tmpdir(), "edgeproof-down-"));
    process.env.XDG_STATE_HOME = home;
    await createRigFolder("boards");
    // Nothing listens on port 9: a machine that is off.
    const reached = { address: "127.0.0.1", port: 9, user: undefined, key: undefined, proxyJump: undefined };
    const platform = platformOf(parseFacts(""));
    const found = { architecture: "x86_64", cpus: 1, systemd: true, platform };
    await writeRigState({
      ...{ schema: 2, rig: "boards", topologyFile: "/x.yaml", privileges: "", images: [], machines: [] },
      engine: { name: "kubernetes", version: "1" },
      driver: {
        ...{ kind: "ssh", inventory: "/x.yaml", inventoryName: "x", knownHosts: undefined },
        ...{ onNodeLost: "rollback", ports: {} },
        hosts: [
          { machine: "pi-1", node: "pi-1", role: "agent", underlay: "192.0.2.1", ...reached, ...found },
        ],
      },
    });
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    if (home) rmSync(home, { recursive: true, force: true });
  });
  const refusal = (confirm?: string): Promise<EdgeproofError> =>
    down("boards", { json: false, ...(confirm === undefined ? {} : { confirm }) }).then(
      () => expect.fail("it was not refused"),
      (error: unknown) => error as EdgeproofError,
    );

  it("needs its name once more", async () => {
    expect(await refusal()).to.include({ code: "not-confirmed", exitCode: 64 });
    expect(await refusal("other")).to.include({ code: "not-confirmed" });
    expect(existsSync(rigFolder("boards"))).to.equal(true);
  });

  it("names the machines that do not answer, and keeps what is known of them for the next time", async () => {
    const failure = await refusal("boards");
    expect(failure).to.include({ code: "NODES_NOT_REMOVED", exitCode: 3 });
    expect(failure.where).to.match(/^pi-1: ssh does not reach it/);
    expect(existsSync(rigFolder("boards"))).to.equal(true);
  });
});
