import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { Sample } from "../record/model.ts";

interface DropPoint {
  metric: string;
  type: string;
  data: { time: string };
}

/** When k6 dropped an iteration, in milliseconds since the epoch, in order. Reads gzipped output of `--out json`. */
export const readDropTimes = async (gzipFile: string): Promise<number[]> => {
  const times: number[] = [];
  const lines = createInterface({
    input: createReadStream(gzipFile).pipe(createGunzip()),
    crlfDelay: Infinity,
  });
  for await (const line of lines) {
    if (!line.includes('"dropped_iterations"')) continue;
    const { metric, type, data } = JSON.parse(line) as DropPoint;
    if (metric === "dropped_iterations" && type === "Point") times.push(Date.parse(data.time));
  }
  return times.sort((a, b) => a - b);
};

/**
 * Moves intended starts to the slots of the schedule that the requests really had. k6 numbers only the iterations it
 * starts, so after `n` drops the script takes each slot for the one `n` periods earlier, and its durations are that
 * much too long. The slots are the starts and the drops merged by time; no start is moved past when it began.
 */
export const moveToSlots = (
  samples: readonly Sample[],
  dropTimes: readonly number[],
  ratePerSecond: number,
): Sample[] => {
  const period = 1000 / ratePerSecond;
  let drops = 0;
  return samples
    .toSorted((a, b) => a.intendedAt - b.intendedAt)
    .map((sample) => {
      while (drops < dropTimes.length && dropTimes[drops]! < sample.startedAt) drops++;
      const shift = Math.min(drops * period, Math.max(0, sample.startedAt - sample.intendedAt));
      return { ...sample, intendedAt: sample.intendedAt + shift, durationMs: sample.durationMs - shift };
    });
};
