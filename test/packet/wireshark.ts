import { writeFile } from "node:fs/promises";
import { type Peer, peer } from "../peers.ts";

/** Wireshark's programs, as judges of packets and capture files. */
export const tshark: Peer = peer("tshark");
export const capinfos: Peer = peer("capinfos");
export const editcap: Peer = peer("editcap");
export const dumpcap: Peer = peer("dumpcap");

/** Every checksum is checked: by default Wireshark takes them as left to the network card. */
const STRICT = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);

/** Runs a program of Wireshark's and returns what it printed. Throws when it fails. */
export async function run(path: string, args: readonly string[]): Promise<string> {
  const child = Bun.spawn([path, ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${path} ${args.join(" ")} failed: ${err}`);
  return out;
}

/** The named fields of each packet in a file; a field that occurs several times in one packet is joined by commas. */
export async function fieldsOf(
  file: string,
  names: readonly string[],
  more: readonly string[] = [],
): Promise<readonly (readonly string[])[]> {
  const fields = names.flatMap((name) => ["-e", name]);
  const out = await run(tshark.path, ["-r", file, ...STRICT, ...more, "-T", "fields", ...fields]);
  return out
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t"));
}

/** What Wireshark finds wrong in a file: malformed packets, checksums that are not good, and everything that its experts call an error or a warning. */
export async function complaintsOf(file: string): Promise<readonly string[]> {
  const wrong = ["_ws.malformed", "ip.checksum.status==0", "tcp.checksum.status==0", "udp.checksum.status==0"];
  const filter = [...wrong, "icmp.checksum.status==0", "icmpv6.checksum.status==0", "_ws.expert.severity>=0x600000"];
  const rows = await fieldsOf(
    file,
    ["frame.number", "_ws.col.Info", "_ws.expert.message"],
    ["-Y", filter.join(" || ")],
  );
  return rows.map((row) => row.join(" "));
}

/** The bytes of the first TCP stream in a file, as `Follow` shows them: of the side that opened it, and of the other. */
export async function followed(file: string): Promise<readonly [Uint8Array, Uint8Array]> {
  const out = await run(tshark.path, ["-r", file, "-q", "-z", "follow,tcp,raw,0"]);
  const lines = out.split("\n").filter((line) => /^\t?[0-9a-f]+$/.test(line));
  const sides = [false, true].map((indented) => lines.filter((line) => line.startsWith("\t") === indented));
  const [first, second] = sides.map((side) => new Uint8Array(Buffer.from(side.join("").replaceAll("\t", ""), "hex")));
  return [first!, second!];
}

/** Writes the parts of a file. */
export async function save(path: string, parts: readonly Uint8Array[]): Promise<void> {
  await writeFile(path, Buffer.concat(parts));
}
