/** What would break a line, or move a terminal's cursor. */
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;

/** A text on one line: its control characters as JSON escapes them, such as "\\n" and "\\u001b". The text itself where it has none. */
export function visibleText(text: string): string {
  return text.replace(CONTROL, escaped);
}

function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  return short.length > 1 ? short : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
