import { describe, expect, test } from "bun:test";
import { failureOf } from "../../test/stream/failure-of.ts";
import { ParseError } from "../bytes/index.ts";
import { type Conn, pipe } from "../net/index.ts";
import { TlvTooLarge, TlvTruncated, TlvUnknownType, TlvWrongType } from "./tlv-error.ts";
import { tlvBinary, tlvString, type TlvType } from "./tlv-type.ts";
import { encodeTlv, TLV_MAX_BYTES, TlvDecoder } from "./tlv-wire.ts";
import { readAnyTlv, readTlv, writeTlv } from "./tlv.ts";

const MIB = 1024 * 1024;

/** A Conn that brings these bytes, in pieces of a size, and then its end. */
function streamOf(bytes: Uint8Array, size = Number.POSITIVE_INFINITY): Conn {
  const [a, b] = pipe();
  const send = async (): Promise<void> => {
    for (let at = 0; at < bytes.length; at += size)
      await a.write(bytes.subarray(at, Math.min(bytes.length, at + size)));
    await a.closeWrite();
  };
  send().catch(() => undefined);
  return b;
}

const tlvPoint: TlvType<{ x: number; y: number }> = {
  type: 7,
  name: "point",
  encode: ({ x, y }) => Uint8Array.of(x, y),
  decode: (bytes) => ({ x: bytes[0]!, y: bytes[1]! }),
};

describe("TLV", () => {
  test("the wire: a type, a length of four bytes, most significant first, the value", () => {
    expect([...encodeTlv(tlvString, "hé")]).toEqual([2, 0, 0, 0, 3, 0x68, 0xc3, 0xa9]);
    expect([...encodeTlv(tlvBinary, new Uint8Array(0))]).toEqual([1, 0, 0, 0, 0]);
    expect([...encodeTlv(tlvBinary, new Uint8Array(0x01_02_03)).subarray(0, 5)]).toEqual([1, 0, 1, 2, 3]);
  });

  test.each([1, 2, 5, 6, 1000])("binary, string, binary and a custom type, in pieces of %d bytes", async (size) => {
    const values = [
      encodeTlv(tlvBinary, Uint8Array.of(1, 2, 3)),
      encodeTlv(tlvString, "Errors are values."),
      encodeTlv(tlvBinary, new Uint8Array(0)),
      encodeTlv(tlvPoint, { x: 4, y: 5 }),
    ];
    const conn = streamOf(Buffer.concat(values), size);
    expect(await readTlv(conn, tlvBinary)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await readTlv(conn, tlvString)).toBe("Errors are values.");
    expect(await readTlv(conn, tlvBinary)).toEqual(new Uint8Array(0));
    expect(await readTlv(conn, tlvPoint)).toEqual({ x: 4, y: 5 });
    expect(await readTlv(conn, tlvPoint)).toBe(null);
  });

  test("a large value split over many reads comes whole", async () => {
    const value = crypto.getRandomValues(new Uint8Array(65_536));
    const large = Buffer.concat(Array.from({ length: 160 }, () => value));
    expect(large.length).toBe(TLV_MAX_BYTES);
    const [a, b] = pipe();
    const writing = writeTlv(a, tlvBinary, large).then(async () => writeTlv(a, tlvString, "behind it"));
    const got = await readTlv(b, tlvBinary);
    expect(Buffer.compare(got!, large)).toBe(0);
    expect(await readTlv(b, tlvString)).toBe("behind it");
    await writing;
  });

  test("whichever of several comes", async () => {
    const types: readonly TlvType<Uint8Array | string>[] = [tlvBinary, tlvString];
    const conn = streamOf(encodeTlv(tlvString, "text"));
    expect(await readAnyTlv(conn, types)).toEqual({ type: tlvString, value: "text" });
    expect(await readAnyTlv(conn, types)).toBe(null);
  });

  test("none of no types, and nothing is taken", async () => {
    const conn = streamOf(encodeTlv(tlvString, "text"));
    expect((await failureOf(readAnyTlv(conn, []))).message).toBe("readAnyTlv needs at least one type to read");
    expect(await readTlv(conn, tlvString)).toBe("text");
  });

  test("wrong, unknown and oversized are three errors, and what came is still to be read", async () => {
    const wrong = streamOf(encodeTlv(tlvString, "text"), 3);
    const mistaken = await failureOf(readTlv(wrong, tlvBinary));
    expect(mistaken).toBeInstanceOf(TlvWrongType);
    expect(mistaken.message).toBe("a TLV of type 2 (string) came where one of type 1 (binary) was expected");
    expect(await readTlv(wrong, tlvString)).toBe("text");

    const unknown = streamOf(encodeTlv(tlvPoint, { x: 1, y: 2 }));
    expect(await failureOf(readTlv(unknown, tlvBinary))).toBeInstanceOf(TlvUnknownType);
    expect(await failureOf(readTlv(unknown, tlvBinary, { known: [tlvPoint] }))).toBeInstanceOf(TlvWrongType);
    expect(await readTlv(unknown, tlvPoint)).toEqual({ x: 1, y: 2 });

    const large = streamOf(encodeTlv(tlvBinary, new Uint8Array(11)));
    expect(await failureOf(readTlv(large, tlvBinary, { maxBytes: 10 }))).toMatchObject({ length: 11, maxBytes: 10 });
    expect((await readTlv(large, tlvBinary, { maxBytes: 11 }))?.length).toBe(11);
  });

  test("1 GiB on the wire costs nothing: it is refused at its header", async () => {
    const claim = Uint8Array.of(1, 0x40, 0, 0, 0);
    const [a, b] = pipe();
    await a.write(claim);
    const before = process.memoryUsage().arrayBuffers;
    const error = await failureOf(readTlv(b, tlvBinary));
    expect(error).toBeInstanceOf(TlvTooLarge);
    expect(error.message).toBe("a TLV of 1073741824 bytes is longer than the limit of 10485760");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MIB);
    const decoder = new TlvDecoder({ wanted: [tlvBinary], known: [], maxBytes: TLV_MAX_BYTES });
    decoder.target.set(claim);
    expect(() => decoder.filled(5)).toThrow(TlvTooLarge);
    expect(decoder.bytes.buffer.byteLength).toBe(0);
  });

  test("a claim within the cap is not believed either: memory follows what comes", () => {
    const decoder = new TlvDecoder({ wanted: [tlvBinary], known: [], maxBytes: 1024 * MIB });
    decoder.target.set([1, 0x40, 0, 0, 0]);
    decoder.filled(5);
    expect(decoder.target.length).toBe(65_536);
    decoder.filled(65_535);
    expect(decoder.target.length).toBe(1);
    decoder.filled(1);
    expect(decoder.target.length).toBe(65_536);
    expect(decoder.done).toBe(false);
  });

  test("a stream that ends within a TLV is an error of its own; one that ends between two is an end", async () => {
    const whole = encodeTlv(tlvString, "hello");
    for (let cut = 1; cut < whole.length; cut++) {
      const error = await failureOf(readTlv(streamOf(whole.subarray(0, cut)), tlvString));
      expect(error).toBeInstanceOf(TlvTruncated);
      expect(error).toMatchObject(cut < 5 ? { received: cut, expected: 5 } : { received: cut - 5, expected: 5 });
    }
    expect(await readTlv(streamOf(new Uint8Array(0)), tlvString)).toBe(null);
  });

  test("a string that is no UTF-8 is a ParseError", async () => {
    const conn = streamOf(Uint8Array.of(2, 0, 0, 0, 2, 0xc3, 0x28));
    expect(await failureOf(readTlv(conn, tlvString))).toBeInstanceOf(ParseError);
  });

  test("a header that had come when a limit passed is still to be read", async () => {
    const [a, b] = pipe();
    const cancel = new AbortController();
    const whole = encodeTlv(tlvString, "late");
    await a.write(whole.subarray(0, 3));
    const reading = readTlv(b, tlvString, { signal: cancel.signal });
    await new Promise<void>((resolve) => setImmediate(resolve));
    cancel.abort();
    expect(await failureOf(reading)).toMatchObject({ code: "ECANCELED" });
    await a.write(whole.subarray(3));
    expect(await readTlv(b, tlvString)).toBe("late");
  });

  test("the writer refuses what a reader would, and sends nothing of it", async () => {
    const [a, b] = pipe();
    expect(await failureOf(writeTlv(a, tlvBinary, new Uint8Array(TLV_MAX_BYTES + 1)))).toBeInstanceOf(TlvTooLarge);
    expect(await failureOf(writeTlv(a, tlvString, "four!", { maxBytes: 4 }))).toBeInstanceOf(TlvTooLarge);
    expect(await failureOf(writeTlv(a, { ...tlvBinary, type: 256 }, Uint8Array.of(1)))).toBeInstanceOf(RangeError);
    await writeTlv(a, tlvString, "four", { maxBytes: 4 });
    expect(await readTlv(b, tlvString)).toBe("four");
  });
});
