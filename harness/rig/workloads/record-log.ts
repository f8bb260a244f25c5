import { DATA_PATH, type WorkloadDefinition } from "./workload.ts";

/** Appends records to a file on a volume, and acknowledges what is on the disk: what a volume itself is worth. */
export const recordLog: WorkloadDefinition = {
  kind: "record-log",
  tools: [],
  image: ({ ownImage }) => ownImage("record-log"),
  ports: [{ name: "http", port: 8080 }],
  args: ["-folder", DATA_PATH],
  files: {},
  volume: { sizeMiB: 1024 },
  memoryMiB: 128,
};
