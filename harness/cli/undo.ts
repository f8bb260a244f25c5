/** Undoes in reverse order; every step is tried, the first error is thrown. */
export class Undo implements AsyncDisposable {
  private readonly steps: AsyncDisposable[] = [];

  add(step: AsyncDisposable): void {
    this.steps.unshift(step);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    let failure: { error: unknown } | undefined;
    for (const step of this.steps)
      try {
        await step[Symbol.asyncDispose]();
      } catch (error) {
        failure ??= { error };
      }
    if (failure) throw failure.error;
  }
}
