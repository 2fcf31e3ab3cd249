import { afterEach, describe, expect, test } from "bun:test";
import { Addr, AddrPort } from "../addr/index.ts";
import { BATCH_MAX, sendDatagrams, threadBatch } from "./datagram-batch.ts";
import { closeDescriptor } from "./descriptor.ts";
import { ERRNO } from "./errno.ts";
import { destinationV4, findPacketInfo } from "./packet-info.ts";
import { encodeIpAddress } from "./socket-address.ts";
import { setSocketOption, SOL_SOCKET } from "./socket-option.ts";
import { bindIpSocket, makeUdpSocket, receiveDestinations, udpAddress } from "./udp-socket.ts";

const SO_TIMESTAMP = 29;
const open: number[] = [];

function bound(): { readonly fd: number; readonly address: Uint8Array } {
  const fd = makeUdpSocket(4);
  open.push(fd);
  bindIpSocket(fd, new AddrPort(Addr.parse("127.0.0.1"), 0));
  const { addr, port } = udpAddress(fd);
  return { fd, address: encodeIpAddress(addr, port) };
}

afterEach(() => {
  for (const fd of open.splice(0)) closeDescriptor(fd);
});

const one = (text: string): Uint8Array => new TextEncoder().encode(text);

function textAt(slot: number): string {
  return new TextDecoder().decode(threadBatch().bytes(slot));
}

/** The IPv4 address that the datagram in a slot was sent to; undefined where it is not told. */
function destinationAt(slot: number): number | undefined {
  const batch = threadBatch();
  const info = findPacketInfo(batch.control, batch.controlAt(slot), batch.controlLength(slot), 4);
  return info < 0 ? undefined : destinationV4(batch.control, info, 4);
}

describe("batches of datagrams", () => {
  test("go and come in order, so many at a time and no more", () => {
    const [a, b] = [bound(), bound()];
    const datagrams = Array.from({ length: BATCH_MAX + 3 }, (_, i) => ({
      data: one(`${"x".repeat(i)}${i}`),
      to: b.address,
      control: undefined,
    }));
    expect(sendDatagrams(a.fd, datagrams)).toBe(BATCH_MAX);
    expect(sendDatagrams(a.fd, datagrams.slice(BATCH_MAX))).toBe(3);
    const batch = threadBatch();
    expect(batch.receive(b.fd, false)).toBe(BATCH_MAX);
    for (let slot = 0; slot < BATCH_MAX; slot++) expect(textAt(slot)).toBe(`${"x".repeat(slot)}${slot}`);
    expect(batch.receive(b.fd, false)).toBe(3);
    expect(textAt(2)).toBe(`${"x".repeat(BATCH_MAX + 2)}${BATCH_MAX + 2}`);
    expect(batch.receive(b.fd, false)).toBe(-ERRNO.EAGAIN);
    expect(batch.receiveOne(b.fd, false)).toBe(-ERRNO.EAGAIN);
    expect(sendDatagrams(a.fd, [])).toBe(0);
  });

  test("tell who sent, and what it was sent to when asked, one by one and together", () => {
    const [a, b] = [bound(), bound()];
    receiveDestinations(b.fd, 4);
    const batch = threadBatch();
    for (const receive of [() => batch.receiveOne(b.fd, true), () => batch.receive(b.fd, true)]) {
      sendDatagrams(a.fd, [{ data: one("x"), to: b.address, control: undefined }]);
      expect(receive()).toBe(1);
      const port = batch.names.getUint16(batch.nameAt(0) + 2);
      expect(port).toBe(udpAddress(a.fd).port);
      expect(destinationAt(0)).toBe(0x7f00_0001);
    }
    sendDatagrams(a.fd, [{ data: one("y"), to: b.address, control: undefined }]);
    expect([batch.receive(b.fd, false), textAt(0), batch.isTruncated(0)]).toEqual([1, "y", false]);
  });

  test("tell what it was sent to also behind a time stamp, and not what another message says", () => {
    const [a, b] = [bound(), bound()];
    const batch = threadBatch();
    const sendOne = (): number => sendDatagrams(a.fd, [{ data: one("x"), to: b.address, control: undefined }]);
    sendOne();
    expect([batch.receive(b.fd, true), destinationAt(0)]).toEqual([1, undefined]);
    setSocketOption(b.fd, SOL_SOCKET, SO_TIMESTAMP, 1);
    sendOne();
    expect([batch.receive(b.fd, true), destinationAt(0)]).toEqual([1, undefined]);
    receiveDestinations(b.fd, 4);
    for (const receive of [() => batch.receiveOne(b.fd, true), () => batch.receive(b.fd, true)]) {
      sendOne();
      expect([receive(), destinationAt(0)]).toEqual([1, 0x7f00_0001]);
    }
  });

  test("an empty datagram goes, and one that is too long is refused where it stands", () => {
    const [a, b] = [bound(), bound()];
    const to = { to: b.address, control: undefined };
    const empty = { data: new Uint8Array(0), ...to };
    const long = { data: new Uint8Array(65_508), ...to };
    expect(sendDatagrams(a.fd, [empty, long, empty])).toBe(1);
    expect(sendDatagrams(a.fd, [long, empty])).toBe(-ERRNO.EMSGSIZE);
    expect(threadBatch().receive(b.fd, false)).toBe(1);
    expect(threadBatch().bytes(0).length).toBe(0);
  });

  test("the longest datagram of UDP comes whole", () => {
    const [a, b] = [bound(), bound()];
    const data = new Uint8Array(65_507).fill(7);
    expect(sendDatagrams(a.fd, [{ data, to: b.address, control: undefined }])).toBe(1);
    expect(threadBatch().receive(b.fd, false)).toBe(1);
    expect(Buffer.compare(threadBatch().bytes(0), data)).toBe(0);
    expect(threadBatch().isTruncated(0)).toBe(false);
  });
});
