const BILLION = 1_000_000_000n;

/** What a `if_tsresol` option says: powers of 10, or of 2 with the highest bit set. Without one, microseconds. */
export function resolutionOf(value: number | undefined): { readonly base: 2 | 10; readonly exponent: number } {
  if (value === undefined) return { base: 10, exponent: 6 };
  return { base: (value & 0x80) === 0 ? 10 : 2, exponent: value & 0x7f };
}

/** Nanoseconds for a count of units; what is finer is cut. */
export function ticksToNs(ticks: bigint, resolution: { readonly base: 2 | 10; readonly exponent: number }): bigint {
  if (resolution.base === 2) return (ticks * BILLION) >> BigInt(resolution.exponent);
  const finer = resolution.exponent - 9;
  return finer > 0 ? ticks / 10n ** BigInt(finer) : ticks * 10n ** BigInt(-finer);
}
