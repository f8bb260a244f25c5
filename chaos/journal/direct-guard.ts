import type { Change, Guard } from "./change.ts";

/** Makes and reverts changes with nothing on disk: for tests, and for what no rig keeps. */
export class DirectGuard implements Guard {
  private readonly made = new Map<string, Change[]>();

  async apply(fault: string, change: Change): Promise<void> {
    this.made.set(fault, [...(this.made.get(fault) ?? []), change]);
    await change.apply();
  }

  async revert(fault: string): Promise<void> {
    const changes = this.made.get(fault) ?? [];
    this.made.delete(fault);
    for (const change of changes.reverse()) await change.revert?.();
  }
}
