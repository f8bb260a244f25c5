import { EdgeproofError } from "./errors.ts";

/** For tests: the error with which something is refused; anything else that it throws, and that it throws nothing, is thrown. */
export function refusalOf(action: () => unknown): EdgeproofError {
  try {
    action();
  } catch (error) {
    if (error instanceof EdgeproofError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
