import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { runProgram } from "../run-program.ts";
import { addEgressRoot } from "./egress-commands.ts";
import { netemTraces } from "./netem-traces.ts";
import { tcBatch } from "./tc.ts";

const DEFAULT = "/proc/sys/net/core/default_qdisc";
const DEVICE = "epwt-tap";

/** Only in the virtual machine, which is made for tests: the kernel's default qdisc is one for all of a machine. */
describe("An interface that came up under another default qdisc than there is now", function () {
  this.timeout(60_000);
  let before: string;
  let folder: string;

  beforeEach(async () => {
    before = await readFile(DEFAULT, "utf8");
    folder = await mkdtemp(join(tmpdir(), "epwt-"));
  });
  afterEach(async () => {
    await runProgram(["ip", "link", "del", DEVICE]).catch(() => undefined);
    await writeFile(DEFAULT, before);
    await rm(folder, { recursive: true });
  });

  for (const more of [[], ["multi_queue"]])
    it(`gets back what it had: ${more[0] ?? "one queue"}`, async () => {
      const show = (): Promise<string> => runProgram(["tc", "qdisc", "show", "dev", DEVICE]);
      await writeFile(DEFAULT, "pfifo_fast");
      await runProgram(["ip", "tuntap", "add", "dev", DEVICE, "mode", "tap", ...more]);
      await runProgram(["ip", "link", "set", DEVICE, "up"]);
      await writeFile(DEFAULT, "fq_codel");
      const own = await show();
      expect(own).to.contain("pfifo_fast");
      const traces = netemTraces(join(folder, "wan.sock"));
      await traces.former.remember([DEVICE]);
      await tcBatch(addEgressRoot(DEVICE, "pfifo_fast"));
      expect(await show()).to.contain("htb ed00: root");
      // As a new process would, which knows nothing but the file.
      await netemTraces(join(folder, "wan.sock")).remove();
      expect(await show()).to.equal(own);
      expect((await readFile(DEFAULT, "utf8")).trim()).to.equal("fq_codel");
      expect(existsSync(join(folder, "wan.sock.qdiscs"))).to.equal(false);
    });
});
