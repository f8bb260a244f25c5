import type { OtherPrograms } from "../../../chaos/bench/others.ts";
import { benchWan, type WanBench } from "../../../chaos/bench/wan-bench.ts";
import { canInstall, installMissing, type SystemProgram } from "../../setup/apt.ts";
import { findProgram } from "../../setup/find-program.ts";
import { hostTarget } from "../../toolchain/node-target.ts";
import { startToolchain } from "../../toolchain/resolve.ts";
import type { Progress } from "../progress.ts";
import { messageOf } from "../../errors.ts";

const NEEDED: SystemProgram[] = [
  { program: "ip", debianPackage: "iproute2", purpose: "the WAN's benchmark" },
  { program: "ping", debianPackage: "iputils-ping", purpose: "the WAN's benchmark" },
  { program: "fping", debianPackage: "fping", purpose: "the WAN's benchmark" },
];
const WIREFILTER: SystemProgram = { program: "wirefilter", debianPackage: "vde2", purpose: "a comparison" };

type Found = string | { missing: string };

const orReason = (found: Promise<string | undefined>): Promise<Found> =>
  found.then(
    (path) => path ?? { missing: "not installed, and no apt-get to install it" },
    (error: unknown) => ({ missing: messageOf(error) }),
  );

/** The WAN engine's benchmark, with the programs that it is compared to. */
export async function benchWanEngine(progress: Progress, signal: AbortSignal): Promise<WanBench> {
  if (canInstall()) await installMissing(NEEDED, progress.say, signal);
  const installed = async (): Promise<string | undefined> => {
    if (canInstall()) await installMissing([WIREFILTER], progress.say, signal);
    return findProgram(WIREFILTER.program);
  };
  const built = async (): Promise<string | undefined> => {
    const options = { onProgress: progress.toolchain, signal };
    return (await startToolchain(["toxiproxy-server"], hostTarget(), options).get("toxiproxy-server"))?.path;
  };
  const others: OtherPrograms = {
    toxiproxy: await orReason(built()),
    wirefilter: await orReason(installed()),
  };
  return benchWan(others, progress.say, signal);
}
