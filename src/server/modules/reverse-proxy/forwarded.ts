import type { Fields } from "../../../http/message/index.ts";

/** Adds `X-Forwarded-For`, `-Proto` and `-Host` to fields which hold none of them (see `stripRequest`). */
export function addForwarded(fields: Fields, address: string, scheme: string, host: string): void {
  if (address !== "") fields.appendUnchecked("X-Forwarded-For", address);
  fields.appendUnchecked("X-Forwarded-Proto", scheme);
  fields.appendUnchecked("X-Forwarded-Host", host);
}

/**
 * The same behind a proxy that is trusted: its `X-Forwarded-For` goes on as one list with the peer's address at the end, and the
 * last of its `-Proto` and `-Host` are kept where it sent them.
 */
export function extendForwarded(fields: Fields, address: string, scheme: string, host: string): void {
  const prior = fields.combined("x-forwarded-for") ?? "";
  const chain = [prior, address].filter((part) => part !== "").join(", ");
  const priorScheme = fields.values("x-forwarded-proto").at(-1);
  const priorHost = fields.values("x-forwarded-host").at(-1);
  fields.delete("x-forwarded-for");
  if (chain !== "") fields.append("X-Forwarded-For", chain);
  fields.set("X-Forwarded-Proto", priorScheme === undefined || priorScheme === "" ? scheme : priorScheme);
  fields.set("X-Forwarded-Host", priorHost === undefined || priorHost === "" ? host : priorHost);
}
