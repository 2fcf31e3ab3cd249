import type { BigIntStats } from "node:fs";

/** What tells one content of a file from another, as far as a file system can. */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: bigint;
  /** Nanoseconds of Unix time. */
  readonly modified: bigint;
  /** When anything about it was changed: this one cannot be set back. */
  readonly changed: bigint;
}

export function identityOf(stat: BigIntStats): FileIdentity {
  return {
    device: stat.dev,
    inode: stat.ino,
    size: stat.size,
    modified: stat.mtimeNs,
    changed: stat.ctimeNs,
  };
}

export function sameIdentity(left: FileIdentity, right: FileIdentity): boolean {
  return (
    left.modified === right.modified &&
    left.changed === right.changed &&
    left.size === right.size &&
    left.inode === right.inode &&
    left.device === right.device
  );
}

/** How coarse the times of a file system may be. */
const COARSE_NS = 2_000_000_000n;

/**
 * Whether a file was changed so shortly before `wallMs`, the time at which it was read, that another change could leave the same identity: its
 * content must be read again before it is believed.
 */
export function changedJustNow(identity: FileIdentity, wallMs: number): boolean {
  return BigInt(Math.floor(wallMs)) * 1_000_000n - identity.changed < COARSE_NS;
}

/** Caddy's entity tag: the time of the last change in nanoseconds and the size, in base 36; none for a file whose time is a placeholder (0 or 1). */
export function entityTag(identity: FileIdentity): string {
  return isTimeless(identity) ? "" : `"${identity.modified.toString(36)}-${identity.size.toString(36)}"`;
}

/** The Last-Modified time in whole seconds, as milliseconds; -1 for a file whose time is a placeholder. */
export function modifiedMs(identity: FileIdentity): number {
  return isTimeless(identity) ? -1 : seconds(identity) * 1000;
}

function isTimeless(identity: FileIdentity): boolean {
  const time = seconds(identity);
  return time === 0 || time === 1;
}

function seconds(identity: FileIdentity): number {
  return Number(identity.modified / 1_000_000_000n);
}
