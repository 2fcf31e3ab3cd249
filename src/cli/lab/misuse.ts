/** Calls a function of a lab's with what the user wrote: what it finds wrong with it is the user's mistake, not one of ours. */
export function explain<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof RangeError) throw new Error(error.message, { cause: error });
    throw error;
  }
}
