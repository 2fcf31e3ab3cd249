import { fileURLToPath } from "node:url";

/** Where the welcome site lies. */
const WELCOME: string = fileURLToPath(new URL("welcome", import.meta.url));

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

/**
 * The config that `netwright run` uses when it is given none: a welcome site on :8080 and, behind `/api/`, an example backend that
 * the reverse proxy reaches over a Unix socket at `backendSocket`.
 */
export function defaultConfig(backendSocket: string): Record<string, unknown> {
  const backend = `unix/${backendSocket}`;
  return {
    admin: { disabled: true },
    apps: {
      http: {
        servers: {
          welcome: {
            listen: [":8080"],
            automatic_https: { disable: true },
            routes: [
              {
                match: [{ path: ["/api/*"] }],
                handle: [{ handler: "reverse_proxy", upstreams: [{ dial: backend }] }],
                terminal: true,
              },
              { handle: [{ handler: "file_server", root: WELCOME, hide: [".*"] }] },
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
