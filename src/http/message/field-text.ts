/**
 * A text as a field value can be sent: in UTF-8, each line break become a space (as in Caddy), other control characters left out. What placeholders bring in may
 * come from a client, and must neither end a field line nor be refused.
 */
export function fieldText(text: string): string {
  if (/^[\t\x20-\x7e]*$/.test(text)) return text;
  return Buffer.from(text, "utf8")
    .toString("latin1")
    .replace(/[\r\n]/g, " ")
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "");
}

/** The text of a field value (or another string of bytes, in Latin-1): bytes that are UTF-8 are read as such, others as Latin-1. */
export function textOfField(value: string): string {
  if (/^[\t\x20-\x7e]*$/.test(value)) return value;
  const text = Buffer.from(value, "latin1").toString("utf8");
  return text.includes("\ufffd") ? value : text;
}
