import { printRaw } from "../print.ts";

/** How much is gathered before it is written: a list may have millions of lines. */
const CHUNK = 65_536;

/** Prints values one a line, or with `json` as one array of texts. Whoever reads them may stop before the end. */
export async function printList(
  values: Iterable<unknown>,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  for (const text of chunks(values, json)) if (!(await printRaw(text))) return;
}

function* chunks(values: Iterable<unknown>, json: boolean): Generator<string> {
  let text = json ? "[" : "";
  let separator = "";
  for (const value of values) {
    text += json ? separator + JSON.stringify(String(value)) : `${String(value)}\n`;
    separator = ",";
    if (text.length < CHUNK) continue;
    yield text;
    text = "";
  }
  yield json ? `${text}]\n` : text;
}
