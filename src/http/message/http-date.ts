const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** A Unix time in milliseconds as an HTTP date (IMF-fixdate, RFC 9110 section 5.6.7), its fraction of a second cut off. */
export function formatHttpDate(unixMs: number): string {
  const date = new Date(unixMs);
  const day = `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} GMT`;
}

const FIXDATE = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const RFC850 = /^(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d):(\d\d):(\d\d) GMT$/;
const ASCTIME = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) ([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})$/;

/**
 * Reads an HTTP date in any of its three forms: Unix time in milliseconds, or undefined for what is none. A year of two digits that lies more than 50 years ahead of
 * `nowMs` is one of the past.
 */
export function tryParseHttpDate(text: string, nowMs: number): number | undefined {
  const fixdate = FIXDATE.exec(text);
  if (fixdate !== null) return unixTime(fixdate[3]!, fixdate[2]!, fixdate[1]!, fixdate.slice(4));
  const asctime = ASCTIME.exec(text);
  if (asctime !== null) return unixTime(asctime[6]!, asctime[1]!, asctime[2]!, asctime.slice(3, 6));
  const rfc850 = RFC850.exec(text);
  if (rfc850 === null) return undefined;
  const thisYear = new Date(nowMs).getUTCFullYear();
  let year = Math.floor(thisYear / 100) * 100 + Number(rfc850[3]);
  if (year > thisYear + 50) year -= 100;
  return unixTime(String(year), rfc850[2]!, rfc850[1]!, rfc850.slice(4));
}

function unixTime(year: string, month: string, day: string, time: readonly string[]): number | undefined {
  const at = MONTHS.indexOf(month);
  const [hours, minutes, seconds] = time.map(Number) as [number, number, number];
  if (at < 0 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  const unixMs = Date.UTC(Number(year), at, Number(day), hours, minutes, seconds);
  return new Date(unixMs).getUTCMonth() === at || seconds === 60 ? unixMs : undefined;
}
