/** The value, which must be a whole number from 0 to `most`. Throws RangeError. */
export function checkRange(value: number, most: number, name: string): number {
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new RangeError(`${name} is a whole number from 0 to ${most}, not ${value}`);
  }
  return value;
}
