import { NetError, type NetErrorCode } from "./net-error.ts";

/** How much a failed attempt tells, the most first: an answer of the peer, then of the network, then of this machine. */
const TELLING: readonly NetErrorCode[] = [
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
];
/** How many of the other attempts a message names. */
const NAMED = 3;

/**
 * The error of a dial whose attempts have all failed: the only one as it is; of several the one that tells most, with its own hint and where the others failed in its hint and all of
 * them, in their order, as its cause (AggregateError).
 */
export function dialFailure(errors: readonly NetError[]): NetError | undefined {
  const [first, ...others] = errors.toSorted((a, b) => rank(a) - rank(b));
  if (first === undefined || others.length === 0) return first;
  const named = others.slice(0, NAMED).map((error) => `${placeOf(error)} (${error.code})`);
  const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : "";
  return new NetError({
    op: first.op,
    network: first.network,
    code: first.code,
    address: placeOf(first),
    limit: first.limit,
    hint: `${first.hint === undefined ? "" : `${first.hint}; `}so did ${named.join(", ")}${more}`,
    cause: allOf(errors),
  });
}

/** Several failures as one cause. */
export function allOf(errors: readonly unknown[]): unknown {
  if (errors.length < 2) return errors[0];
  return new AggregateError(errors, `${errors.length} attempts to connect failed`);
}

function placeOf(error: NetError): string {
  return error.address ?? String(error.remote ?? "");
}

function rank(error: NetError): number {
  const at = TELLING.indexOf(error.code);
  // A hook that threw, or too few descriptors: the caller's own trouble comes first.
  return at < 0 ? -1 : at;
}
