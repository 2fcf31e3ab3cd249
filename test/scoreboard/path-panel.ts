import { RawClient } from "./raw-client.ts";
import type { Item } from "./item.ts";
import { makeSite, SECRET } from "./site.ts";

const DOTS = ["..", "%2e%2e", "%2E.", ".%2e", "..;", "..%00", "%252e%252e", "%c0%ae%c0%ae", "%u002e%u002e", "..%20"];
const SLASHES = ["/", "//", "%2f", "%2F", "\\", "%5c", "%5C", "/./", "%252f"];
const TARGETS = ["secret.txt", "site-secret/secret.txt", "site-secret%2fsecret.txt"];

/** Paths that all mean to leave the root. */
export function escapes(): string[] {
  const paths: string[] = [];
  for (const dots of DOTS) {
    for (const slash of SLASHES) {
      for (const target of TARGETS) paths.push(`/${dots}${slash}${target}`);
      paths.push(`/folder/${dots}${slash}${dots}${slash}secret.txt`);
    }
  }
  paths.push("/link.txt", "/up/secret.txt", "/up/site-secret/secret.txt", "//etc/passwd", "/\0/../secret.txt", "/..");
  return paths;
}

/** Heads whose Host field is not what RFC 9112 section 3.2 asks for: 400, each of them. */
export const BAD_HOSTS: readonly string[] = [
  "",
  "Host: a\r\nHost: a\r\n",
  "Host: a\r\nHost: b\r\n",
  "Host: a b\r\n",
  "Host: a/b\r\n",
  "Host: a@b\r\n",
  "Host: user:secret@a\r\n",
  "Host: a,b\r\n".replace(",", "\x01"),
  "Host: [::1\r\n",
  "Host: a:b:c\r\n",
  "Host: a:99999x\r\n",
  "Host: <script>\r\n",
  'Host: "a"\r\n',
  "Host : a\r\n",
  "Host: a#b\r\n",
  "Host: a?b\r\n",
  "Host: a\\b\r\n",
  "Host: a^b\r\n",
  "Host: {a}\r\n",
];

/** 9: no way out of the root, and no request without exactly one proper Host. */
export const pathPanel: Item = {
  number: 9,
  title: "path and Host panel",
  target: "0 escapes, 0 Hosts let through",
  async measure(contender) {
    using site = makeSite();
    const server = await contender.start({ root: site.root });
    try {
      let out = 0;
      const paths = escapes();
      for (const path of paths) {
        if ((await ask(server.port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).includes(SECRET))
          out++;
      }
      let lax = 0;
      for (const host of BAD_HOSTS) {
        const answer = await ask(server.port, `GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
        if (/^HTTP\/1\.1 [23]/.test(answer)) lax++;
      }
      return {
        text: `${out} of ${paths.length} escape, ${lax} of ${BAD_HOSTS.length} Hosts let through`,
        good: out + lax === 0,
      };
    } finally {
      await server.stop();
    }
  },
};

async function ask(port: number, request: string): Promise<string> {
  const client = await RawClient.connect(port);
  client.send(request);
  await client.end(5000);
  client.close();
  return client.received;
}
