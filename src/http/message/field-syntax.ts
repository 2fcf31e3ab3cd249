/** 1 for each byte that may stand in a token (RFC 9110 section 5.6.2). */
export const TOKEN: Uint8Array = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  TOKEN[char.charCodeAt(0)] = 1;

/** 1 for each byte that may stand in a field value: HTAB, SP, visible ASCII and obs-text (RFC 9110 section 5.5). */
export const FIELD_VALUE: Uint8Array = new Uint8Array(256);
FIELD_VALUE[0x09] = 1;
for (let byte = 0x20; byte < 256; byte++) FIELD_VALUE[byte] = byte === 0x7f ? 0 : 1;

/** Whether a string is a field name: a token of one character or more. */
export function isFieldName(name: string): boolean {
  if (name.length === 0) return false;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > 255 || TOKEN[code] === 0) return false;
  }
  return true;
}

/** Whether a string can be sent as a field value: Latin-1 without controls. White space around it is the sender's to trim. */
export function isFieldValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code > 255 || FIELD_VALUE[code] === 0) return false;
  }
  return true;
}
