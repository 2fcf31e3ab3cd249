import { durationMs } from "../../clock/index.ts";
import type { LinkOptions } from "../../lab/index.ts";

/** What a setting of a link sets, and how its value is read. */
export interface Setting {
  readonly option: keyof Omit<LinkOptions, "back">;
  readonly parse: (text: string) => number | undefined;
  readonly example: string;
}

/** The settings by their names, which are those of the flags. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  delay: { option: "delayMs", parse: parseMs, example: "10ms, 1.5s" },
  jitter: { option: "jitterMs", parse: parseMs, example: "2ms" },
  loss: { option: "lossPercent", parse: parsePercent, example: "1%" },
  duplicate: { option: "duplicatePercent", parse: parsePercent, example: "1%" },
  reorder: { option: "reorderPercent", parse: parsePercent, example: "1%" },
  rate: { option: "rateBitsPerSecond", parse: parseRate, example: "10mbit, 1gbit" },
  queue: { option: "queueBytes", parse: parseBytes, example: "64k, 100000" },
  mtu: { option: "mtu", parse: (text) => matched(/^(\d+)()$/, text, { "": 1 }), example: "1400" },
};

/** The names of settings. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS);

/** Reads one setting, such as "delay" and "10ms". Throws an error that says how it is written. */
export function parseSetting(name: string, text: string): LinkOptions {
  const setting = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
  if (setting === undefined)
    throw new Error(`a link has no ${JSON.stringify(name)}: it has ${SETTING_NAMES.join(", ")}`);
  const value = setting.parse(text);
  if (value === undefined) throw new Error(`${name} is written like ${setting.example}, not ${JSON.stringify(text)}`);
  return { [setting.option]: value };
}

/** Reads settings in a row, such as "delay 50ms rate 1mbit". */
export function parseSettings(text: string): LinkOptions {
  const words = text.trim().split(/[\s,=]+/);
  if (words.length % 2 === 1)
    throw new Error(`settings are names and values, like "delay 50ms rate 1mbit", not ${JSON.stringify(text)}`);
  let options: LinkOptions = {};
  for (let i = 0; i < words.length; i += 2) options = { ...options, ...parseSetting(words[i]!, words[i + 1]!) };
  return options;
}

/** A duration; a bare number is milliseconds, as is usual for links. */
function parseMs(text: string): number | undefined {
  return durationMs(/^\d+(?:\.\d+)?$/.test(text) ? `${text}ms` : text);
}

function parsePercent(text: string): number | undefined {
  return matched(/^(\d+(?:\.\d+)?)(%|)$/, text, { "%": 1, "": 1 });
}

/** Bits a second, such as "10mbit" or "1.5gbit/s"; undefined for what is none. */
export function parseRate(text: string): number | undefined {
  const units = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9, "": 1, k: 1e3, m: 1e6, g: 1e9 };
  return matched(/^(\d+(?:\.\d+)?)([kmg]?(?:bit)?)$/, text.toLowerCase().replace(/(?:bit\/s|bps)$/, "bit"), units);
}

function parseBytes(text: string): number | undefined {
  return matched(/^(\d+)([km]?)b?$/, text.toLowerCase(), { "": 1, k: 1024, m: 1024 * 1024 });
}

function matched(pattern: RegExp, text: string, units: Readonly<Record<string, number>>): number | undefined {
  const found = pattern.exec(text);
  return found === null ? undefined : Number(found[1]) * units[found[2]!]!;
}
