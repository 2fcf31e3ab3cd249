import { request } from "node:http";
import { once } from "node:events";
import { AddrPort } from "../../src/addr/index.ts";
import { serve, serveExchanges } from "../../src/http/server/index.ts";
import { listen } from "../../src/net/index.ts";
import { type Answer, describeHttp, type Question } from "./suite.ts";
import type { HttpServer } from "../../src/http/server/index.ts";

describeHttp({
  name: "HTTP/1.1",
  protocol: "HTTP/1.1",
  serve: async (next, options) => serveExchanges(await listen("tcp", "127.0.0.1:0"), next, options),
  serveFetch: async (handler) => serve(await listen("tcp", "127.0.0.1:0"), handler),
  ask,
});

/** Asks with the runtime's own HTTP/1.1 client, each time on a fresh connection. */
async function ask(server: HttpServer, question: Question): Promise<Answer> {
  const { local } = server;
  if (!(local instanceof AddrPort)) throw new Error("the server listens on no port");
  const answer = Promise.withResolvers<Answer>();
  const interim: number[] = [];
  const outgoing = request({
    host: "127.0.0.1",
    port: local.port,
    method: question.method ?? "GET",
    path: question.target ?? "/",
    agent: false,
    headers: ["Host", `127.0.0.1:${local.port}`, ...(question.fields ?? []).flat(), ...lengthOf(question.body)],
    ...(question.signal === undefined ? undefined : { signal: question.signal }),
  });
  outgoing.on("error", answer.reject);
  outgoing.on("information", (info) => interim.push(info.statusCode));
  outgoing.on("response", (response) => {
    const chunks: Uint8Array[] = [];
    response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    response.on("error", answer.reject);
    response.on("aborted", () => answer.reject(new Error("the response broke off")));
    response.on("end", () => {
      const fields = new Map<string, string[]>();
      for (let i = 0; i < response.rawHeaders.length; i += 2) {
        const name = response.rawHeaders[i]!.toLowerCase();
        fields.set(name, [...(fields.get(name) ?? []), response.rawHeaders[i + 1]!]);
      }
      const trailers = new Map(
        Object.entries(response.trailers).map(([name, value]) => [name.toLowerCase(), value ?? ""]),
      );
      answer.resolve({ status: response.statusCode ?? 0, fields, body: Buffer.concat(chunks), trailers, interim });
    });
  });
  void sendBody(question.body);
  return answer.promise;

  async function sendBody(body: Question["body"]): Promise<void> {
    if (body instanceof Uint8Array || body === undefined) outgoing.end(body);
    else {
      for await (const chunk of body) if (!outgoing.write(chunk)) await once(outgoing, "drain");
      outgoing.end();
    }
  }
}

function lengthOf(body: Question["body"]): string[] {
  if (body === undefined) return [];
  return body instanceof Uint8Array ? ["Content-Length", String(body.length)] : ["Transfer-Encoding", "chunked"];
}
