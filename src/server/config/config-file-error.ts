/** A config file that cannot be read: where in it, why, and the line it is about with a mark below. */
export class ConfigFileError extends Error {
  override readonly name = "ConfigFileError";
  readonly file: string;
  /** From 1; undefined when it is about the file as a whole. */
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(
    file: string,
    reason: string,
    options: {
      readonly at?: { readonly text: string; readonly offset: number };
      readonly hint?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    const place = options.at && placeOf(options.at.text, options.at.offset);
    const where = place === undefined ? file : `${file}:${place.line}:${place.column}`;
    const hint = options.hint === undefined ? "" : `; ${options.hint}`;
    super(
      `${where}: ${reason}${hint}${place === undefined ? "" : `\n\n${place.excerpt}`}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.file = file;
    this.line = place?.line;
    this.column = place?.column;
  }
}

interface Place {
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
}

/** How much of a long line is shown on either side of the mark. */
const AROUND = 50;

function placeOf(text: string, offset: number): Place {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const found = text.indexOf("\n", offset);
  const line = text.slice(0, start).split("\n").length;
  const from = Math.max(start, offset - AROUND);
  const to = Math.min(found < 0 ? text.length : found, offset + AROUND);
  const shown = text.slice(from, to).replaceAll(/[\t\r\u0000-\u001f\u007f]/g, " ");
  const margin = `  ${line} | `;
  return {
    line,
    column: offset - start + 1,
    excerpt: `${margin}${shown}\n${" ".repeat(margin.length + offset - from)}^`,
  };
}
