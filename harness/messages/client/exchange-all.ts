import type { ChannelRecord, MessagePlan } from "../plan.ts";
import { exchange, type ExchangeOptions } from "./exchange.ts";

/** All channels of a plan side by side, from one beginning. `onOpen` is told when it comes. */
export async function exchangeAll(
  { channels, ...plan }: MessagePlan,
  { onOpen = () => undefined, ...options }: Omit<ExchangeOptions, "together"> & { onOpen?: () => void },
): Promise<ChannelRecord[]> {
  let begin: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (begin = resolve));
  let open = 0;
  const together = (): Promise<void> => {
    if (++open === channels.length) {
      onOpen();
      begin();
    }
    return all;
  };
  return Promise.all(channels.map((channel) => exchange(channel, plan, { ...options, together })));
}
