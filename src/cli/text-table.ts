/** Rows as lines, each column as wide as its widest cell; two spaces between columns, none at the ends of lines. A column named in `right` is flush right. */
export function textTable(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) => textLine(row, widths, right));
}

/** One such line, for a table whose rows come one by one: `widths` are those of its columns. */
export function textLine(row: readonly string[], widths: readonly number[], right: ReadonlySet<number>): string {
  const cells = row.map((cell, i) => (right.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)));
  return cells.join("  ").trimEnd();
}
