import * as z from "zod/mini";
import type { Interceptor, Next } from "../../../http/message/index.ts";
import {
  defineModule,
  type HandlerInstance,
  type ModuleDefinition,
  type ProvisionContext,
} from "../../module/index.ts";
import { HeaderOperations } from "./header-operations.ts";
import {
  HEADER_OPERATIONS,
  type HeaderOperationsConfig,
  RESPONSE_HEADER_OPERATIONS,
  type ResponseHeaderOperationsConfig,
} from "./header-operations-config.ts";
import { ResponseRequirement } from "./response-requirement.ts";

/** `{"handler": "headers", "request": {…}, "response": {…}}`. */
export interface HeadersConfig {
  readonly request?: HeaderOperationsConfig | undefined;
  readonly response?: ResponseHeaderOperationsConfig | undefined;
}

const SCHEMA: z.ZodMiniType<HeadersConfig> = z.strictObject({
  request: z.optional(HEADER_OPERATIONS),
  response: z.optional(RESPONSE_HEADER_OPERATIONS),
});

/**
 * `http.handlers.headers`: changes the fields of requests and responses. Those of a response are changed before it is made, so that a handler's own
 * stand over them, unless they are `deferred` or are for some responses only (`require`): then they are changed when it begins. A request's Host is
 * changed as if it were a field.
 */
export const headers: ModuleDefinition<HeadersConfig, HandlerInstance> = defineModule({
  id: "http.handlers.headers",
  schema: SCHEMA,
  provision(config: HeadersConfig, context): HandlerInstance {
    const { request, response } = config;
    const toRequest = request && requestChanger(new HeaderOperations(request, context, ["request"]));
    const toResponse = response && responseChanger(response, context);
    return { middleware: (next) => bound(toRequest, bound(toResponse, next)) };
  },
});

type Changer = (next: Next) => Next;

function bound(changer: Changer | undefined, next: Next): Next {
  return changer === undefined ? next : changer(next);
}

function requestChanger(operations: HeaderOperations): Changer {
  return (next) => (exchange) => {
    const { fields } = exchange;
    if (operations.touchesHost) {
      fields.delete("host");
      const host = operations.applyToRequest(fields, exchange, exchange.host);
      exchange.host = host;
      if (host !== "") fields.append("Host", host);
    } else {
      operations.apply(fields, exchange);
    }
    return next(exchange);
  };
}

function responseChanger(config: ResponseHeaderOperationsConfig, context: ProvisionContext): Changer {
  const operations = new HeaderOperations(config, context, ["response"]);
  if (config.deferred === true || config.require !== undefined) return deferredChanger(operations, config);
  return (next) => (exchange) => {
    operations.apply(exchange.responseFields, exchange);
    return next(exchange);
  };
}

/** One interceptor serves every exchange. */
function deferredChanger(operations: HeaderOperations, config: ResponseHeaderOperationsConfig): Changer {
  const requirement = config.require && new ResponseRequirement(config.require);
  const interceptor: Interceptor = {
    head(exchange, status, fields) {
      if (requirement === undefined || requirement.matches(status, fields)) operations.apply(fields, exchange);
    },
  };
  return (next) => (exchange) => {
    exchange.intercept(interceptor);
    return next(exchange);
  };
}
