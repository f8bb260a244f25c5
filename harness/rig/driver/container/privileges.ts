import type { HostConfig } from "dockerode";

import { rigError } from "../../../errors.ts";
import type { Docker } from "./engine-client.ts";
import { ownLabels } from "./labels.ts";

/**
 * All capabilities but SYS_RESOURCE, for engines whose own bounding set lacks it (nested sandboxes) and so refuse
 * `--privileged`. BPF, PERFMON and CHECKPOINT_RESTORE are left out: Docker 20.10 does not know them.
 */
const CAPABILITIES = (
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE " +
  "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT " +
  "SYS_ADMIN SYS_BOOT SYS_NICE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE " +
  "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ"
).split(" ");

const device = (path: string) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: "rwm" });

const PRIVILEGED: HostConfig = { Privileged: true };
const BY_NAME: HostConfig = {
  CapAdd: CAPABILITIES,
  SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
  MaskedPaths: [],
  ReadonlyPaths: [],
  DeviceCgroupRules: ["a *:* rwm"],
  Devices: [device("/dev/net/tun"), device("/dev/kmsg")],
};

export interface Privileges {
  kind: "privileged" | "capabilities";
  hostConfig: HostConfig;
}

async function starts(
  docker: Docker,
  image: string,
  rig: string,
  hostConfig: HostConfig,
): Promise<Error | undefined> {
  let container: Awaited<ReturnType<Docker["createContainer"]>> | undefined;
  try {
    container = await docker.createContainer({
      Image: image,
      Cmd: ["true"],
      Labels: ownLabels(rig),
      HostConfig: { ...hostConfig, NetworkMode: "none" },
    });
    await container.start();
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await container?.remove({ force: true, v: true });
  }
}

const REALTIME: HostConfig = { CpuRealtimeRuntime: 800_000, CpuRealtimePeriod: 1_000_000 };

/**
 * A share of the engine's real-time budget for one container, where the engine has one to give (cgroup v1 with
 * real-time group scheduling); elsewhere nothing is needed, or nothing can be had.
 */
export async function detectRealtime(docker: Docker, image: string, rig: string): Promise<HostConfig> {
  return (await starts(docker, image, rig, REALTIME)) ? {} : REALTIME;
}

/** What containers may be given here, found out by starting one: nothing else tells reliably. */
export async function detectPrivileges(docker: Docker, image: string, rig: string): Promise<Privileges> {
  const refused = await starts(docker, image, rig, PRIVILEGED);
  if (!refused) return { kind: "privileged", hostConfig: PRIVILEGED };
  const cause = await starts(docker, image, rig, BY_NAME);
  if (!cause) return { kind: "capabilities", hostConfig: BY_NAME };
  throw rigError(
    "NO_PRIVILEGES",
    "the container engine starts neither privileged containers nor ones with capabilities",
    {
      expected: "an engine that allows `--privileged`, or every capability but SYS_RESOURCE by name",
      fix: "use a rootful Docker Engine",
      cause,
    },
  );
}
