import { fileURLToPath } from "node:url";
import { peer, type Peer } from "../../peers.ts";

export type Kind = "tcp" | "udp" | "unix" | "unixgram" | "unixpacket";
export const KINDS: readonly Kind[] = ["tcp", "udp", "unix", "unixgram", "unixpacket"];

/** A netcat of somebody else's. */
export interface Netcat {
  readonly name: string;
  readonly peer: Peer;
  readonly kinds: readonly Kind[];
  /** The command that connects. */
  dial(kind: Kind, address: string): readonly string[];
  /** The command that listens, at a free port or the path. */
  listen(kind: Kind, path: string): readonly string[];
  /** What it then says on stderr; the first group is the port, where there is one. */
  readonly ready: RegExp;
  /** When it listens, it gives up sending as soon as the peer has ended and its buffer happens to be empty. */
  readonly endsWithPeer?: boolean;
}

const nc = peer("nc.openbsd");
const socat = peer("socat");
const python = peer("python3");
const go = peer("go");

const NC_FLAGS = { tcp: "-N", udp: "-u", unix: "-NU", unixgram: "-uU", unixpacket: "" } as const;

const openbsd: Netcat = {
  name: "netcat-openbsd",
  peer: nc,
  kinds: ["tcp", "udp", "unix", "unixgram"],
  dial: (kind, address) => [nc.path, NC_FLAGS[kind], ...address.split(":")],
  listen: (kind, path) => [nc.path, "-lv", NC_FLAGS[kind], ...(isIp(kind) ? ["127.0.0.1", "0"] : [path])],
  // A datagram socket is only bound.
  ready: /(?:Listening|Bound) on (?:localhost (\d+)|\S+)\n/,
  endsWithPeer: true,
};

const SOCAT_DIAL = {
  tcp: (address: string) => `TCP:${address}`,
  udp: (address: string) => `UDP:${address}`,
  unix: (path: string) => `UNIX-CONNECT:${path}`,
  unixgram: (path: string) => `UNIX-SENDTO:${path},bind=${path}.socat`,
  unixpacket: (path: string) => `UNIX-CONNECT:${path},type=5`,
} as const;
const SOCAT_LISTEN = {
  tcp: () => "TCP-LISTEN:0,bind=127.0.0.1",
  udp: () => "UDP-LISTEN:0,bind=127.0.0.1",
  unix: (path: string) => `UNIX-LISTEN:${path}`,
  unixgram: (path: string) => `UNIX-RECVFROM:${path}`,
  unixpacket: (path: string) => `UNIX-LISTEN:${path},type=5`,
} as const;

const bySocat: Netcat = {
  name: "socat",
  peer: socat,
  kinds: KINDS,
  dial: (kind, address) => [socat.path, "-t10", "STDIO", SOCAT_DIAL[kind](address)],
  listen: (kind, path) => [socat.path, "-dd", "-t10", "STDIO", SOCAT_LISTEN[kind](path)],
  ready: /(?:listening|receiving) on .*(?:127\.0\.0\.1:(\d+)|")\n/,
};

const PROGRAM = fileURLToPath(new URL("netcat.py", import.meta.url));

const byPython: Netcat = {
  name: "Python",
  peer: python,
  kinds: KINDS,
  dial: (kind, address) => [python.path, PROGRAM, "dial", kind, address],
  listen: (kind, path) => [python.path, PROGRAM, "listen", kind, isIp(kind) ? "127.0.0.1:0" : path],
  ready: /listening on (?:127\.0\.0\.1:(\d+)|\S+)\n/,
};

/** Where `buildGo` puts the Go program. */
let goProgram = "";

const byGo: Netcat = {
  name: "Go",
  peer: go,
  kinds: KINDS,
  dial: (kind, address) => [goProgram, "dial", kind, address],
  listen: (kind, path) => [goProgram, "listen", kind, isIp(kind) ? "127.0.0.1:0" : path],
  ready: byPython.ready,
};

/** Builds the Go program into a folder, where Go is installed. */
export async function buildGo(folder: string): Promise<void> {
  if (!go.available) return;
  goProgram = `${folder}/netcat-go`;
  const source = fileURLToPath(new URL("netcat.go", import.meta.url));
  const env = { ...process.env, GOFLAGS: "-mod=mod", GOPROXY: "off", GO111MODULE: "off" };
  const build = Bun.spawn([go.path, "build", "-o", goProgram, source], { env, stderr: "pipe" });
  const said = await new Response(build.stderr).text();
  if ((await build.exited) !== 0) throw new Error(`go build: ${said}`);
}

/** All of them. */
export const NETCATS: readonly Netcat[] = [openbsd, bySocat, byPython, byGo];

export function isIp(kind: Kind): boolean {
  return kind === "tcp" || kind === "udp";
}

export function isStream(kind: Kind): boolean {
  return kind === "tcp" || kind === "unix";
}
