import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseListenAddress } from "../server/config/index.ts";
import { explainByFlag } from "./flag-error.ts";

/** Where the welcome site lies. */
const WELCOME: string = join(import.meta.dirname, "welcome");

/** What the example backend answers. */
const EXAMPLE_ANSWER = `{
  "message": "Hello from the example backend",
  "path": "{http.request.uri.path}",
  "host": "{http.request.host}",
  "forwarded_for": "{http.request.header.X-Forwarded-For}",
  "forwarded_proto": "{http.request.header.X-Forwarded-Proto}",
  "via": "{http.request.header.Via}",
  "time": "{time.now.http}"
}
`;

/** Where the default listens. */
export interface DefaultPlaces {
  /** An address for the welcome site, such as ":8080". */
  readonly listen: string;
  /** The path of the example backend's Unix socket, or "@" and an abstract name. */
  readonly backendSocket: string;
}

/**
 * A socket for the example backend that nobody else has. On Linux it has an abstract name and no file, so that nothing is left behind however the process ends;
 * the name is drawn at random, since containers may share a network whose processes have the same IDs.
 */
export function defaultBackendSocket(): string {
  const name = `netwright-${crypto.randomUUID()}`;
  return process.platform === "linux" ? `@${name}` : join(tmpdir(), `${name}.sock`);
}

/**
 * The config that `netwright run` uses when it is given none: a welcome site and, behind `/api/`, an example backend that the reverse proxy reaches
 * over a Unix socket. Throws Misuse for a listening address that is none.
 */
export function defaultConfig({ listen, backendSocket }: DefaultPlaces): Record<string, unknown> {
  checkListen(listen);
  const backend = `unix/${backendSocket}`;
  return {
    admin: { disabled: true },
    apps: {
      http: {
        servers: {
          welcome: {
            listen: [listen],
            automatic_https: { disable: true },
            routes: [
              {
                match: [{ path: ["/api/*"] }],
                handle: [{ handler: "reverse_proxy", upstreams: [{ dial: backend }] }],
                terminal: true,
              },
              { handle: [{ handler: "file_server", root: WELCOME }] },
            ],
          },
          example_backend: {
            listen: [`${backend}|0600`],
            automatic_https: { disable: true },
            routes: [
              {
                handle: [
                  {
                    handler: "static_response",
                    headers: { "Content-Type": ["application/json"], "Cache-Control": ["no-store"] },
                    body: EXAMPLE_ANSWER,
                  },
                ],
              },
            ],
          },
        },
      },
    },
  };
}

function checkListen(listen: string): void {
  const path = ["--listen"];
  try {
    parseListenAddress(listen, path);
  } catch (error) {
    throw explainByFlag(error, [{ flag: "--listen", path }]);
  }
}
