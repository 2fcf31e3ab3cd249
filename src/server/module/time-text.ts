/** A duration in milliseconds as Go writes it: `1h2m3.5s`, `1.5ms`, `250µs`. */
export function formatGoDuration(milliseconds: number): string {
  const nanoseconds = Math.max(0, Math.round(milliseconds * 1e6));
  if (nanoseconds === 0) return "0s";
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${nanoseconds / 1e3}µs`;
  if (nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`;
  const minutes = Math.floor(nanoseconds / 6e10);
  const seconds = `${(nanoseconds - minutes * 6e10) / 1e9}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

/** A time in Unix milliseconds as Go writes one of UTC: `2006-01-02 15:04:05.999 +0000 UTC`, without zeros at the fraction's end. */
export function formatGoTime(unixMs: number): string {
  const [date = "", time = ""] = new Date(unixMs).toISOString().slice(0, -1).split("T");
  return `${date} ${time.replace(/\.?0+$/, "")} +0000 UTC`;
}
