/** The host was too busy for a measurement to mean something. */
export class HostTooBusy extends Error {}

const TRIES = 3;

/**
 * Runs a check of times up to three times while the host is too busy for it; then the test is skipped, as undecided.
 * `npm run test:vm` counts a skipped test as failed.
 */
export async function whenQuiet(context: Mocha.Context, check: () => Promise<void>): Promise<void> {
  let reason = "";
  for (let round = 0; round < TRIES; round++) {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof HostTooBusy)) throw error;
      reason = error.message;
    }
  }
  console.log(`skipped: ${reason}`);
  context.skip();
}
