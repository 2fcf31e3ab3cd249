/** Why a call of the system failed, in its words and with its code: "no space left on device (ENOSPC)". The runtime puts the code first and the call last, which says nothing to a user. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [, code, reason] = /^(E[A-Z0-9]+): (.+?)(?:, \w+(?: '.*')?)?$/s.exec(message) ?? [];
  return code === undefined ? message : `${reason} (${code})`;
}
