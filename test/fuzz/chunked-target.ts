import type { Random } from "../../src/clock/index.ts";
import { CHUNK_BAD, CHUNK_DATA, CHUNK_END, CHUNK_MORE, ChunkedDecoder } from "../../src/http/h1/wire.ts";
import { readChunked, trailersHold } from "./reference.ts";
import { CHUNKED } from "./seeds.ts";
import { surrounded, type Target } from "./target.ts";

/** What the decoder makes of a body: how it ends, after how many bytes, with what data. */
interface Outcome {
  readonly code: number;
  readonly length: number;
  readonly body: string;
}

export const chunkedBody: Target = {
  name: "chunked body",
  seeds: CHUNKED,
  check(text, random) {
    const whole = decode(text, text.length, random);
    const pieces = decode(text, 1 + (random.uint32() % 7), random);
    if (JSON.stringify(whole) !== JSON.stringify(pieces))
      return `whole it is ${JSON.stringify(whole)}, in pieces ${JSON.stringify(pieces)}`;
    const wanted = readChunked(text);
    if (wanted === "open") return whole.code === CHUNK_END ? "it ends where the reference waits for more" : undefined;
    if (wanted === "refused") return whole.code === CHUNK_BAD ? undefined : `${whole.code} where the reference refuses`;
    if (whole.code === CHUNK_BAD && !trailersHold(wanted.trailers)) return undefined;
    if (whole.code === CHUNK_END && !trailersHold(wanted.trailers))
      return "it takes trailers that the reference refuses";
    if (whole.code !== CHUNK_END) return `${whole.code} where the reference has a whole body`;
    return whole.length === wanted.length && whole.body === wanted.body ? undefined : "it is not the reference's body";
  },
};

function decode(text: string, most: number, random: Random): Outcome {
  const decoder = new ChunkedDecoder(8192);
  const before = random.uint32() % 4;
  const bytes = surrounded(text, before);
  const end = before + text.length;
  let at = before;
  let body = "";
  let code = CHUNK_MORE;
  for (let until = Math.min(end, at + most); at < end; until = Math.min(end, until + most)) {
    while ((code = decoder.decode(bytes, at, until)) === CHUNK_DATA) {
      body += Buffer.from(bytes.subarray(decoder.dataStart, decoder.dataEnd)).toString("latin1");
      if (decoder.dataEnd > until || decoder.next <= at)
        throw new Error(`it went from ${at} to ${decoder.next} of ${until}`);
      at = decoder.next;
    }
    if (code !== CHUNK_MORE) break;
    at = decoder.next;
  }
  return { code, length: code === CHUNK_END ? decoder.next - before : -1, body };
}
