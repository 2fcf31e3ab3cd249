import type { CachedFile } from "./cached-file.ts";

/** Where an entry stands: removing it there is all that eviction does besides closing. */
interface Place {
  readonly owner: Map<string, CachedFile>;
  readonly key: string;
}

/**
 * Cached files in the order in which they came. To make room the first goes that was not used since it was last passed over, so that a hit costs one
 * assignment and no list is rearranged.
 */
export class SecondChanceQueue {
  private readonly places = new Map<CachedFile, Place>();
  private costs = 0;

  /** The files' costs together. */
  get cost(): number {
    return this.costs;
  }

  get size(): number {
    return this.places.size;
  }

  get files(): Iterable<CachedFile> {
    return this.places.keys();
  }

  /** Puts a file under `key` of a map, where nothing stands. */
  add(owner: Map<string, CachedFile>, key: string, file: CachedFile): void {
    owner.set(key, file);
    this.places.set(file, { owner, key });
    this.costs += file.cost;
  }

  /** Takes a file out and discards it. One that is not in is ignored. */
  remove(file: CachedFile): void {
    const place = this.places.get(file);
    if (place === undefined) return;
    this.places.delete(file);
    place.owner.delete(place.key);
    this.costs -= file.cost;
    file.discard();
  }

  removeAll(): void {
    for (const file of this.files) this.remove(file);
  }

  /** Removes files until `cost` and `size` are within their bounds or nothing is left but `newest`, which stays. */
  shrink(cost: number, size: number, newest: CachedFile): void {
    while ((this.costs > cost || this.places.size > size) && this.places.size > 1) this.remove(this.victim(newest));
  }

  private victim(newest: CachedFile): CachedFile {
    let victim = newest;
    for (const [file, place] of this.places) {
      if (file === newest) continue;
      victim = file;
      if (!file.used) break;
      file.used = false;
      // To the end: the iteration comes to it again when all others were used too.
      this.places.delete(file);
      this.places.set(file, place);
    }
    return victim;
  }
}
