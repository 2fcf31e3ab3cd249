import { joinHostPort, splitHostPort } from "../../addr/index.ts";
import { ConfigError, type ConfigPath } from "../module/index.ts";

/** One address that a server listens on. */
export type ListenAddress = TcpListenAddress | UnixListenAddress;

export interface TcpListenAddress {
  readonly network: "tcp" | "tcp4" | "tcp6";
  /** A name, an IPv4 address or an IPv6 address without brackets; "" for every address of this machine. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface UnixListenAddress {
  readonly network: "unix";
  /** A path, or "@" and an abstract name. */
  readonly path: string;
  /** Who may connect, as a file's permission bits; without any in the address 0o200 as in Caddy: the owner alone. */
  readonly mode: number;
}

const DEFAULT_UNIX_MODE = 0o200;
const MAX_PORT = 65_535;

/** Why a network of Caddy's cannot carry HTTP here. */
const REFUSED: Readonly<Record<string, string>> = {
  udp: "HTTP/1 runs over streams, and HTTP/3 is not built yet",
  udp4: "HTTP/1 runs over streams, and HTTP/3 is not built yet",
  udp6: "HTTP/1 runs over streams, and HTTP/3 is not built yet",
  ip: "HTTP runs over streams",
  ip4: "HTTP runs over streams",
  ip6: "HTTP runs over streams",
  unixgram: "HTTP runs over streams",
  unixpacket: "HTTP runs over streams",
  fd: "descriptors handed over by another process are not taken yet",
  fdgram: "HTTP runs over streams",
};

/**
 * Reads Caddy's form of a network address: `:8080`, `localhost:8080`, `tcp4/0.0.0.0:80`, `[::1]:8080-8085` (each port of the range),
 * `unix//run/app.sock`, `unix//run/app.sock|0222`, `unix/@abstract`. `{env.NAME}` is filled in from `env` (default: the process's). Throws ConfigError at `path`.
 */
export function parseListenAddress(
  text: string,
  path: ConfigPath,
  env: Readonly<Record<string, string | undefined>> = process.env,
): ListenAddress[] {
  const filled = fillIn(text, path, env);
  const slash = filled.indexOf("/");
  const network = slash < 0 ? "tcp" : filled.slice(0, slash).trim().toLowerCase();
  const rest = filled.slice(slash + 1);
  if (network === "unix") return [unixAddress(rest, filled, path)];
  if (network === "tcp" || network === "tcp4" || network === "tcp6") return tcpAddresses(network, rest, filled, path);
  if (Object.hasOwn(REFUSED, network)) {
    throw new ConfigError(path, `cannot listen on ${JSON.stringify(filled)}: ${REFUSED[network]}`, {
      hint: "use tcp or unix",
    });
  }
  throw new ConfigError(
    path,
    `cannot listen on ${JSON.stringify(filled)}: there is no network ${JSON.stringify(network)}`,
    {
      hint: filled.startsWith("/")
        ? `for a Unix socket write ${JSON.stringify(`unix/${filled}`)}`
        : "write host:port, or begin with tcp/, tcp4/, tcp6/ or unix/",
    },
  );
}

/** The canonical form: one text for one address, as `parseListenAddress` reads it. A Unix socket's permission bits are left out. */
export function formatListenAddress(address: ListenAddress): string {
  if (address.network === "unix") return `unix/${address.path}`;
  const hostPort = joinHostPort(address.host, address.port);
  return address.network === "tcp" ? hostPort : `${address.network}/${hostPort}`;
}

function fillIn(text: string, path: ConfigPath, env: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => {
    if (!name.startsWith("env.")) {
      throw new ConfigError(path, `the placeholder ${whole} has no value in an address`, {
        hint: "only {env.NAME} is filled in here",
      });
    }
    const value = env[name.slice("env.".length)];
    if (value !== undefined && value !== "") return value;
    throw new ConfigError(path, `the environment variable ${name.slice("env.".length)} is not set`, {
      hint: "set it, or write the address itself",
    });
  });
}

function unixAddress(rest: string, text: string, path: ConfigPath): UnixListenAddress {
  const bar = rest.indexOf("|");
  const socket = bar < 0 ? rest : rest.slice(0, bar);
  if (socket === "" || socket === "@") {
    throw new ConfigError(path, `${JSON.stringify(text)} names no socket`, { hint: 'write "unix//run/app.sock"' });
  }
  if (bar < 0) return { network: "unix", path: socket, mode: DEFAULT_UNIX_MODE };
  const bits = rest.slice(bar + 1);
  if (!/^0?[0-7]{3}$/.test(bits)) {
    throw new ConfigError(path, `${JSON.stringify(bits)} are no permission bits`, { hint: 'write them like "|0222"' });
  }
  const mode = Number.parseInt(bits, 8);
  if ((mode & 0o200) === 0) {
    throw new ConfigError(path, `the permission bits ${bits} keep the owner out`, {
      hint: "to connect takes the right to write: 0200 at least",
    });
  }
  return { network: "unix", path: socket, mode };
}

function tcpAddresses(
  network: TcpListenAddress["network"],
  rest: string,
  text: string,
  path: ConfigPath,
): TcpListenAddress[] {
  const { host, port } = hostAndPort(rest, text, path);
  const [first, last] = portRange(port, text, path);
  if (/[\s/@]/.test(host)) throw new ConfigError(path, `${JSON.stringify(host)} is no host`);
  return Array.from({ length: last - first + 1 }, (_, index) => ({ network, host, port: first + index }));
}

function hostAndPort(rest: string, text: string, path: ConfigPath): { readonly host: string; readonly port: string } {
  if (/^\d+$/.test(rest)) {
    throw new ConfigError(path, `${JSON.stringify(text)} has no port`, { hint: `write ":${rest}" to listen on it` });
  }
  try {
    return splitHostPort(rest);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(path, `cannot listen on ${JSON.stringify(text)}: ${reason}`, { cause });
  }
}

function portRange(port: string, text: string, path: ConfigPath): readonly [number, number] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(port);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || last > MAX_PORT || first > MAX_PORT) {
    throw new ConfigError(path, `${JSON.stringify(port)} in ${JSON.stringify(text)} is no port`, {
      hint: `write a number up to ${MAX_PORT}, or a range such as 8080-8085`,
    });
  }
  if (last < first) throw new ConfigError(path, `the ports ${port} run backwards`, { hint: `write ${last}-${first}` });
  return [first, last];
}
