import type { Fields } from "../message/index.ts";

/** Drops fields whose name holds "_" or "." and is not expected: `X_Forwarded_For` passes by whoever guards `X-Forwarded-For`, and many backends read both as one. */
export function dropUnexpected(fields: Fields, expects: (name: string) => boolean): void {
  for (let at = fields.end - 1; at >= 0; at--) {
    const name = fields.nameAt(at);
    if (/[_.]/.test(name) && !expects(name)) fields.deleteAt(at);
  }
}
