import { expect } from "chai";
import { goBuildError } from "./go-build-error.ts";

describe("what a failed go build is reported as", () => {
  const cases: [code: string, line: string, says: string][] = [
    [
      "module-download",
      'go: github.com/slackhq/nebula@v1.10.3: Get "https://proxy.test/x": dial tcp: lookup proxy.test: no such host',
      "github.com/slackhq/nebula@v1.10.3",
    ],
    [
      "module-download",
      "main.go:3:8: k8s.io/api@v0.34.4: reading https://proxy.test/k8s.io/api/@v/v0.34.4.zip: 403 Forbidden",
      "k8s.io/api@v0.34.4",
    ],
    ["module-checksum", "verifying k8s.io/api@v0.34.4: checksum mismatch", "k8s.io/api@v0.34.4"],
    ["disk-full", "link: writing $WORK/b001/exe/a.out: no space left on device", "no space"],
    ["build-out-of-memory", "go build k8s.io/api/core/v1: signal: killed", "out of memory"],
    [
      "lock-incomplete",
      "main.go:3:8: missing go.sum entry for module providing package x.test/y; to add:",
      "the lock does not name",
    ],
    ["build-failed", "./main.go:3:15: undefined: nonsense", "`go build` failed"],
  ];
  for (const [code, line, says] of cases) {
    it(`is ${code} for: ${line.slice(0, 60)}`, () => {
      const error = goBuildError("tool", ["# tool", line]);
      expect(error.code).to.equal(code);
      expect(error.message).to.contain(says);
    });
  }
});
