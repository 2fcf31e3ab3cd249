// Values with a type and a length before them: binary, string, binary, and a type of one's own. Run it: bun examples/tlv/main.ts
import { type Conn, dial, listen } from "netwright/net";
import { type AnyTlvType, readAnyTlv, TLV_TYPES, tlvBinary, tlvString, type TlvType, writeTlv } from "netwright/stream";

/** Type 16: a time, as eight bytes of Unix milliseconds. */
export const tlvTime: TlvType<Date> = {
  type: 16,
  name: "time",
  encode: (time) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, BigInt(time.getTime()));
    return bytes;
  },
  decode: (bytes) => new Date(Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0))),
};

/** All types that this protocol knows. */
const KNOWN: readonly AnyTlvType[] = [...TLV_TYPES, tlvTime];

/** Sends binary, string, binary and a time. */
export async function sendAll(conn: Conn, time: Date): Promise<void> {
  await using _closed = conn;
  await writeTlv(conn, tlvBinary, new TextEncoder().encode("Clear is better than clever."));
  await writeTlv(conn, tlvString, "Errors are values.");
  await writeTlv(conn, tlvBinary, new TextEncoder().encode("Don't panic."));
  await writeTlv(conn, tlvTime, time);
}

/** Reads values of any of the three types until the end. */
export async function readAll(conn: Conn): Promise<(Uint8Array | string | Date)[]> {
  await using _closed = conn;
  const types: readonly TlvType<Uint8Array | string | Date>[] = [tlvBinary, tlvString, tlvTime];
  const values: (Uint8Array | string | Date)[] = [];
  for (;;) {
    const found = await readAnyTlv(conn, types, { known: KNOWN });
    if (found === null) return values;
    values.push(found.value);
  }
}

if (import.meta.main) {
  await using listener = await listen("tcp", "127.0.0.1:0");
  const reading = readAll(await dial("tcp", String(listener.local)));
  const conn = await listener.accept();
  if (conn !== null) await sendAll(conn, new Date());
  for (const value of await reading) console.log(value);
}
