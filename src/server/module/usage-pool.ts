/**
 * Values shared by key and counted by use, so that they outlive a reload: the new config takes hold of a value before the
 * old one lets go of it.
 *
 * @example
 * const health = usage.acquire(`upstream ${address}`, () => new Health());
 * // in cleanup:
 * usage.release(`upstream ${address}`);
 */
export class UsagePool {
  private readonly entries = new Map<string, { value: unknown; uses: number; dispose: (() => void) | undefined }>();

  /** The value under `key`, made with `create` when nobody holds it. `dispose` runs when the last holder lets go. */
  acquire<Value>(key: string, create: () => Value, dispose?: (value: Value) => void): Value {
    const entry = this.entries.get(key);
    if (entry !== undefined) {
      entry.uses++;
      return entry.value as Value;
    }
    const value = create();
    this.entries.set(key, { value, uses: 1, dispose: dispose && (() => dispose(value)) });
    return value;
  }

  /** Lets go of the value under `key`. Throws when nobody holds it. */
  release(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) throw new Error(`released ${JSON.stringify(key)}, which nobody holds`);
    if (--entry.uses > 0) return;
    this.entries.delete(key);
    entry.dispose?.();
  }

  /** How many keys are held. */
  get size(): number {
    return this.entries.size;
  }
}
