import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ConfigFileError } from "./config-file-error.ts";
import { JsonTextError, parseJsonText } from "./json-text.ts";

/** A config as it was read, decoded no further than JSON. */
export interface LoadedConfig {
  readonly config: Readonly<Record<string, unknown>>;
  /** The folder that relative paths in it are meant from: the file's, or the working directory for stdin. */
  readonly baseDir: string;
}

/** Reads a config file; "-" is stdin. Throws ConfigFileError when it cannot be read, is no JSON or is not an object. */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  if (file === "-") return { config: parseConfig(await readStdin(), "stdin"), baseDir: process.cwd() };
  return { config: parseConfig(await readBytes(file), file), baseDir: dirname(resolve(file)) };
}

/** Parses the bytes of a config in JSON (UTF-8); `file` names them in errors. Throws ConfigFileError. */
export function parseConfig(bytes: Uint8Array, file: string): Readonly<Record<string, unknown>> {
  const text = decodeText(bytes, file);
  if (text.trim() === "") {
    throw new ConfigFileError(file, "the config is empty", { hint: 'the least that is one is {"apps": {}}' });
  }
  const value = parseText(text, file);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new ConfigFileError(file, "a config is an object", {
    at: { text, offset: text.search(/\S/) },
    hint: 'write it like {"apps": {…}}',
  });
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const reason = READ_FAILURES[code ?? ""] ?? (cause instanceof Error ? cause.message : String(cause));
    throw new ConfigFileError(file, `cannot read the config: ${reason}`, { cause });
  }
}

const READ_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder; name the file in it",
  EACCES: "this user may not read it",
};

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigFileError(file, "the config is not UTF-8 text", { hint: "save it as UTF-8", cause });
  }
}

function parseText(text: string, file: string): unknown {
  try {
    return parseJsonText(text);
  } catch (cause) {
    if (!(cause instanceof JsonTextError)) throw cause;
    throw new ConfigFileError(file, `not JSON: ${cause.message}`, {
      at: { text, offset: cause.offset },
      hint: isCaddyfile(file) ? "Caddyfiles are not read yet; caddy adapt turns one into JSON" : cause.hint,
      cause,
    });
  }
}

function isCaddyfile(file: string): boolean {
  return /caddyfile[^/]*$/i.test(file);
}
