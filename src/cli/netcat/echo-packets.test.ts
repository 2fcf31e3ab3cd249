import { describe, expect, test } from "bun:test";
import { AddrPort, UnixAddress } from "../../addr/index.ts";
import { dial, listen } from "../../net/index.ts";
import { echoDatagrams } from "./echo-packets.ts";
import { sendsBack } from "./sends-back.ts";

describe("sendsBack", () => {
  const local = AddrPort.parse("192.0.2.1:4000");

  test.each(["192.0.2.2:7", "[2001:db8::1]:19", "192.0.2.1:4000", "192.0.2.2:4000"])("%s does", (from) => {
    expect(sendsBack(AddrPort.parse(from), local)).toBe(true);
  });

  test.each(["192.0.2.2:8", "192.0.2.2:4001", "192.0.2.1:53"])("%s does not", (from) => {
    expect(sendsBack(AddrPort.parse(from), local)).toBe(false);
  });

  test("a Unix socket does not: nobody can forge its name", () => {
    expect(sendsBack(new UnixAddress("@a"), new UnixAddress("@a"))).toBe(false);
  });
});

test("a datagram from another server's port is told and not answered, others are", async () => {
  const server = await listen("udp", "127.0.0.1:0");
  const said: string[] = [];
  const echoing = echoDatagrams(server, (text) => void said.push(text));
  const { port } = server.local;
  const remote = String(server.local);
  await using other = await dial("udp", remote, { localAddress: `127.0.0.2:${port}` });
  await using client = await dial("udp", remote);
  await other.send(Buffer.from("round and round"));
  await client.send(Buffer.from("hello"));
  expect(Buffer.from((await client.recv())!.data).toString()).toBe("hello");
  expect(server.traffic.packetsSent).toBe(1);
  expect(said).toContain(`not answered: 127.0.0.2:${port} may be a server that sends everything back`);
  await server.close();
  await echoing;
});
