import * as z from "zod/mini";
import { AddrPort } from "../../../addr/index.ts";
import { defineModule, type MatcherInstance, type ModuleDefinition } from "../../module/index.ts";
import { compileRanges } from "./address-ranges.ts";

/** Addresses and blocks. */
export interface RemoteIpConfig {
  /** Such as `10.0.0.0/8`, `::1` or `fe80::1%eth0`; a placeholder stands for one of them. */
  readonly ranges?: readonly string[] | undefined;
}

const SCHEMA: z.ZodMiniType<RemoteIpConfig> = z.strictObject({ ranges: z.optional(z.array(z.string())) });

/** `"remote_ip": {"ranges": ["10.0.0.0/8"]}`: the address that the connection comes from. A Unix socket has none and never matches. */
export const remoteIp: ModuleDefinition<RemoteIpConfig, MatcherInstance> = addressMatcher("remote_ip");

/** `"client_ip": {"ranges": […]}`: the client's address. As long as no proxies are trusted (which is not built yet) that is the connection's. */
export const clientIp: ModuleDefinition<RemoteIpConfig, MatcherInstance> = addressMatcher("client_ip");

function addressMatcher(name: string): ModuleDefinition<RemoteIpConfig, MatcherInstance> {
  return defineModule({
    id: `http.matchers.${name}`,
    schema: SCHEMA,
    provision(config: RemoteIpConfig, context): MatcherInstance {
      const holds = compileRanges(config.ranges ?? [], context, ["ranges"]);
      return {
        match(exchange) {
          const { remote } = exchange;
          return remote instanceof AddrPort && holds(remote.addr.unmap(), exchange);
        },
      };
    },
  });
}
