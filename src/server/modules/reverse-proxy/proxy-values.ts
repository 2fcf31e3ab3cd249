import { type Exchange, type Fields, statusText, textOfField } from "../../../http/message/index.ts";
import type { DialAddress } from "./dial-address.ts";
import type { Upstream } from "./upstream.ts";

const PREFIX = "http.reverse_proxy.";

/** Whether a part of a config has placeholders that `tellUpstream` and `tellAnswer` fill: nobody else is made to pay for them. */
export function asksProxy(config: unknown): boolean {
  return JSON.stringify(config ?? {}).includes(`{${PREFIX}`);
}

/** Fills `{http.reverse_proxy.upstream.*}` for the upstream that is being tried, and how many tries came before. */
export function tellUpstream(exchange: Exchange, upstream: Upstream, address: DialAddress, retries: number): void {
  const { vars } = exchange;
  vars.set(`${PREFIX}upstream.address`, `${address.network}/${address.address}`);
  vars.set(`${PREFIX}upstream.hostport`, address.address);
  vars.set(`${PREFIX}upstream.host`, address.host);
  vars.set(`${PREFIX}upstream.port`, address.port);
  // This request is not counted among those that it has.
  vars.set(`${PREFIX}upstream.requests`, upstream.state.requests - 1);
  vars.set(`${PREFIX}upstream.max_requests`, upstream.requestLimit);
  vars.set(`${PREFIX}upstream.fails`, upstream.fails);
  vars.set(`${PREFIX}retries`, retries);
}

/** Fills `{http.reverse_proxy.status_code}`, `.status_text` and `.header.NAME` from the head of an upstream's answer. */
export function tellAnswer(exchange: Exchange, status: number, fields: Fields): void {
  const { vars } = exchange;
  vars.set(`${PREFIX}status_code`, status);
  vars.set(`${PREFIX}status_text`, `${status} ${statusText(status)}`);
  for (const [name] of fields)
    vars.set(`${PREFIX}header.${canonical(name)}`, textOfField(fields.values(name).join(",")));
}

/** A field's name as Caddy has it in placeholders: `content-type` is `Content-Type`. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}
