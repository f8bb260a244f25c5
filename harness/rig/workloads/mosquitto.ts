import { execa } from "execa";

import { connectDocker } from "../driver/container/engine-client.ts";
import { pull, registryHas } from "../driver/container/node-image.ts";
import { platformOf } from "../functions/function-images.ts";
import { storeOnce } from "../images/image-store.ts";
import { packFiles } from "../images/oci-image.ts";
import { withDebianProgram } from "./debian-program.ts";
import { DATA_PATH, FILES_PATH, type WorkloadDefinition } from "./workload.ts";

const PUBLISHED = "eclipse-mosquitto:2.0.22";
/** Debian's package of it. */
export const MOSQUITTO = { suite: "bookworm", package: "mosquitto", program: "/usr/sbin/mosquitto" };
/** Raise it when the image is made in another way. */
const RECIPE = 1;

/**
 * Sessions and what is queued for them are written after every second change: the default is once in half an hour, and a
 * killed broker would forget every subscription. `max_queued_messages 0`: none is dropped because a client is away.
 */
const CONFIGURATION = `listener 1883
allow_anonymous true
user root
persistence true
persistence_location ${DATA_PATH}/
autosave_on_changes true
autosave_interval 1
max_queued_messages 0
max_inflight_messages 100
set_tcp_nodelay true
log_dest stderr
`;

/** Mosquitto, an MQTT broker: QoS 0, 1 and 2. */
export const mosquitto: WorkloadDefinition = {
  kind: "mosquitto",
  tools: [],
  image: ({ target, archives, onProgress, signal }) => {
    const platform = platformOf(target);
    const parts = [String(RECIPE), JSON.stringify(MOSQUITTO), JSON.stringify(platform)];
    return storeOnce("mosquitto", parts, archives, async (archive) => {
      // Machines that exist need no engine here.
      const docker = await connectDocker().catch(() => undefined);
      if (docker && (await registryHas(docker, PUBLISHED))) {
        await pull(docker, PUBLISHED, onProgress);
        await execa("docker", ["save", "--output", archive, PUBLISHED]);
        return `docker.io/library/${PUBLISHED}`;
      }
      onProgress("building the image of mosquitto from Debian's package");
      const entrypoint = [MOSQUITTO.program];
      return withDebianProgram(
        MOSQUITTO,
        target,
        (files) => packFiles({ name: "mosquitto", platform, archive, files, entrypoint }),
        signal,
      );
    });
  },
  ports: [{ name: "mqtt", port: 1883 }],
  // The published image begins with a script.
  command: [MOSQUITTO.program],
  args: ["-c", `${FILES_PATH}/mosquitto.conf`],
  files: { "mosquitto.conf": CONFIGURATION },
  memoryMiB: 128,
};
