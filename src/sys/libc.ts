import { dlopen, type FFIFunction, type Library } from "bun:ffi";

/** The system's C library: glibc's name, then musl's. */
const NAMES: readonly string[] = [
  "libc.so.6",
  `libc.musl-${process.arch === "x64" ? "x86_64" : "aarch64"}.so.1`,
  "libc.so",
];

let found: string | undefined;

/**
 * Functions of the C library, looked up when first called for: opening it costs a start-up 0.5 ms, the next lookup 0.02 ms. Throws on a system
 * that is not Linux, whose constants these callers do not know.
 */
export function libc<Functions extends Record<string, FFIFunction>>(
  functions: Functions,
): () => Library<Functions>["symbols"] {
  let symbols: Library<Functions>["symbols"] | undefined;
  return () => (symbols ??= open(functions).symbols);
}

function open<Functions extends Record<string, FFIFunction>>(functions: Functions): Library<Functions> {
  if (process.platform !== "linux") throw new Error(`the system's calls are known for Linux, not ${process.platform}`);
  if (found !== undefined) return dlopen(found, functions);
  let first: unknown;
  for (const name of NAMES) {
    try {
      const library = dlopen(name, functions);
      found = name;
      return library;
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}
