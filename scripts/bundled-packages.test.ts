import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect } from "chai";
import { execa } from "execa";

import { projectFile } from "../harness/project.ts";

describe("packages that are bundled for a quick start", function () {
  this.timeout(120_000);

  const told = async (program: string): Promise<unknown> => {
    const { stdout } = await execa(process.execPath, ["--input-type=module", "--eval", program], {
      cwd: projectFile("."),
    });
    return JSON.parse(stdout);
  };

  it("are taken from one file beside them, and export what they export otherwise", async () => {
    const names = 'console.log(JSON.stringify(Object.keys(await import("@kubernetes/client-node")).sort()))';
    const where = 'console.log(JSON.stringify(import.meta.resolve("@kubernetes/client-node")))';
    const registered = (program: string): string =>
      `const { registerBundledPackages } = await import("./scripts/bundled-packages.mjs");
       await registerBundledPackages(); ${program}`;
    const url = await told(registered(where));
    expect(url).to.match(/node_modules\/\.cache\/edgeproof\/kubernetes-client-[\w.-]+\.mjs$/);
    expect(existsSync(fileURLToPath(url as string))).to.equal(true);
    const [bundled, whole] = [await told(registered(names)), await told(names)];
    expect(bundled).to.deep.equal(whole);
    expect(bundled).to.include.members(["KubeConfig", "CoreV1Api", "Watch", "Exec"]);
  });
});
