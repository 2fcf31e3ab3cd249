import type { Random } from "../../src/clock/index.ts";

/** What has broken parsers before. */
const TOKENS: readonly string[] = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  "\t",
  ":",
  ";",
  ",",
  "%",
  "%00",
  "%zz",
  "\x7f",
  "\x80",
  "\xff",
  "\x0b",
  "\x0c",
  "/",
  "//",
  "..",
  "?",
  "#",
  "@",
  "[",
  "]",
  "\\",
  '"',
  "HTTP/1.1",
  "HTTP/1.0",
  "HTTP/1.",
  "HTTP/9.9",
  "\r\n\r\n",
  "\r\n ",
  "\r\n\t",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: gzip, chunked\r\n",
  "Transfer-Encoding:\x0bchunked\r\n",
  "Transfer-Encoding : chunked\r\n",
  "Content-Length: 5\r\n",
  "Content-Length: +5\r\n",
  "Content-Length: 5, 5\r\n",
  "Content-Length: 99999999999999999999\r\n",
  "Content-Length: 0x5\r\n",
  "Host: a\r\n",
  "Host: b\r\n",
  "Connection: close\r\n",
  "Expect: 100-continue\r\n",
  "X: y\r\n",
  "0\r\n\r\n",
  "5\r\nhello\r\n",
  "-1",
  "ffffffffffffffff",
];

/** One mutation or a few of a message; `others` is what it may be spliced with. */
export function mutate(seed: string, others: readonly string[], random: Random): string {
  let text = seed;
  for (let rounds = 1 + (random.uint32() % 3); rounds > 0; rounds--) text = mutateOnce(text, others, random);
  return text.length > 4096 ? text.slice(0, 4096) : text;
}

function mutateOnce(text: string, others: readonly string[], random: Random): string {
  const at = random.uint32() % (text.length + 1);
  const to = Math.min(text.length, at + 1 + (random.uint32() % 8));
  switch (random.uint32() % 8) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(random.uint32() & 0xff) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(to);
    case 2:
      return text.slice(0, to) + text.slice(at);
    case 3:
    case 4:
      return text.slice(0, at) + TOKENS[random.uint32() % TOKENS.length]! + text.slice(at);
    case 5:
      return atLine(text, random, TOKENS[random.uint32() % TOKENS.length]!);
    case 6: {
      const other = others[random.uint32() % others.length]!;
      return text.slice(0, at) + other.slice(random.uint32() % (other.length + 1));
    }
    default:
      return (
        text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << (random.uint32() & 7))) + text.slice(at + 1)
      );
  }
}

/** Puts a token where a line begins. */
function atLine(text: string, random: Random, token: string): string {
  const lines = text.split("\r\n");
  const at = random.uint32() % lines.length;
  lines[at] = token + lines[at]!;
  return lines.join("\r\n");
}
