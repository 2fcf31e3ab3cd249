/** Writes a Unix time in milliseconds as text; numbers stand unquoted in JSON. */
export interface TimeFormat {
  readonly numeric: boolean;
  format(unixMs: number): string;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const three = (value: number): string => String(value).padStart(3, "0");

function numeric(format: (unixMs: number) => string): TimeFormat {
  return { numeric: true, format };
}

function calendar(format: (date: Date) => string): TimeFormat {
  return { numeric: false, format: (unixMs) => format(new Date(unixMs)) };
}

const wall = (date: Date): string =>
  `${date.getUTCFullYear()}/${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())} ${clock(date)}`;
const clock = (date: Date): string =>
  `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;

/** The formats that a config may name (Caddy's `time_format`), in UTC. */
export const TIME_FORMATS: Readonly<Record<string, TimeFormat>> = {
  unix_seconds_float: numeric((ms) => String(ms / 1000)),
  unix_milli_float: numeric(String),
  unix_nano: numeric((ms) => String(BigInt(Math.round(ms * 1000)) * 1000n)),
  iso8601: calendar((date) => date.toISOString().replace("Z", "+0000")),
  rfc3339: calendar((date) => date.toISOString().replace(/\.\d+Z$/, "Z")),
  rfc3339_nano: calendar((date) => date.toISOString()),
  wall: calendar(wall),
  wall_milli: calendar((date) => `${wall(date)}.${three(date.getUTCMilliseconds())}`),
  wall_nano: calendar((date) => `${wall(date)}.${three(date.getUTCMilliseconds())}000000`),
  common_log: calendar(
    (date) => `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${clock(date)} +0000`,
  ),
};
