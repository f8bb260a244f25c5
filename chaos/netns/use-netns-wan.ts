import type { WanClient } from "../wan/wan-client.ts";
import { NetnsRig, whyNoNetns } from "./netns-rig.ts";
import { netnsRuntime } from "./netns-runtime.ts";

/** Only within tests and hooks: there is nothing before. */
export interface NetnsWan {
  readonly rig: NetnsRig;
  readonly wan: WanClient;
  /** Folder of the programs of probes. */
  readonly runtime: string;
}

/**
 * Machines around a WAN service for the tests of a `describe`, which are skipped, with the reason, where there can be
 * none. Registers mocha's hooks.
 */
export function useNetnsWan(machines: readonly string[]): NetnsWan {
  let rig: NetnsRig | undefined;
  let wan: WanClient | undefined;
  let runtime: Awaited<ReturnType<typeof netnsRuntime>> | undefined;

  before(async function () {
    const reason = await whyNoNetns();
    if (reason) {
      console.log(`skipped: ${reason}`);
      this.skip();
    }
    rig = await NetnsRig.create([...machines]);
    wan = await rig.startWan();
    runtime = await netnsRuntime();
  });

  after(async () => {
    await wan?.close();
    await rig?.destroy();
    await runtime?.remove();
  });

  const there = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error("used before the tests began");
    return part;
  };
  return {
    get rig() {
      return there(rig);
    },
    get wan() {
      return there(wan);
    },
    get runtime() {
      return there(runtime).path;
    },
  };
}
