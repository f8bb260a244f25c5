import { DATA_PATH, type WorkloadDefinition } from "./workload.ts";

const TOOL = "versitygw";

/** Names that the program reads them from. */
export const S3_ACCESS_KEY = "ROOT_ACCESS_KEY";
export const S3_SECRET_KEY = "ROOT_SECRET_KEY";
export const S3_REGION = "us-east-1";

/** An S3-compatible object store: Versity's gateway over a folder, an object a file. */
export const s3: WorkloadDefinition = {
  kind: "s3",
  tools: [TOOL],
  image: ({ toolImage }) => toolImage(TOOL),
  ports: [{ name: "s3", port: 7070 }],
  args: ["--port", ":7070", "--region", S3_REGION, "--quiet", "--keep-alive", "posix", DATA_PATH],
  files: {},
  secrets: [S3_ACCESS_KEY, S3_SECRET_KEY],
  volume: { sizeMiB: 4096 },
  memoryMiB: 384,
};
