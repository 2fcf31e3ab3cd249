export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COLON = 0x3a;

function tableOf(chars: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const char of chars) table[char.charCodeAt(0)] = 1;
  return table;
}

const ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Bytes of a path that need no second look: visible ASCII but "#", "%" and "?". Browsers send more of it than RFC 3986 lists, such as "|". */
export const PATH: Uint8Array = new Uint8Array(256);
/** Bytes of a query: visible ASCII but "#". A lone "%" is common there and harmless, as nothing here decodes queries. */
export const QUERY: Uint8Array = new Uint8Array(256);
for (let byte = 0x21; byte < 0x7f; byte++) {
  const char = String.fromCharCode(byte);
  PATH[byte] = "#%?".includes(char) ? 0 : 1;
  QUERY[byte] = char === "#" ? 0 : 1;
}

/** Bytes of a host name or IPv4 address: unreserved, sub-delims and "%" (RFC 3986 section 3.2.2). */
export const HOST: Uint8Array = tableOf(`${ALPHANUMERIC}-._~!$&'()*+,;=%`);
/** Bytes between the brackets of an IPv6 address, with a zone. */
export const BRACKETED: Uint8Array = tableOf(`${ALPHANUMERIC}:.%-_~`);

/** Bytes of a field name that need no second look: all of a token but "_" and ".". */
export const FIELD_NAME: Uint8Array = tableOf(`${ALPHANUMERIC}!#$%&'*+-^\`|~`);

/** The value of a hexadecimal digit, or 255. */
export const HEX: Uint8Array = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** Whether the bytes at `at` are `lower` but for case; `lower` is made of lower-case letters, digits and "-". The bytes are token characters. */
export function matches(bytes: Uint8Array, at: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    if ((bytes[at + i]! | 0x20) !== lower.charCodeAt(i)) return false;
  }
  return true;
}
