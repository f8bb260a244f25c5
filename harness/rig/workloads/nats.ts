import { DATA_PATH, FILES_PATH, type WorkloadDefinition } from "./workload.ts";

const TOOL = "nats-server";

/**
 * `sync_interval: always`: JetStream acknowledges only what is on the disk. The default of two minutes is meant for
 * streams with replicas, and there is one server here.
 */
const CONFIGURATION = `port: 4222
http_port: 8222
jetstream {
  store_dir: ${DATA_PATH}
  max_memory_store: 64MB
  max_file_store: 1GB
  sync_interval: always
}
`;

/** NATS with JetStream: at most once, and at least once. */
export const nats: WorkloadDefinition = {
  kind: "nats",
  tools: [TOOL],
  image: ({ toolImage }) => toolImage(TOOL),
  ports: [
    { name: "client", port: 4222 },
    { name: "monitor", port: 8222 },
  ],
  args: ["--config", `${FILES_PATH}/nats.conf`],
  files: { "nats.conf": CONFIGURATION },
  memoryMiB: 256,
};
