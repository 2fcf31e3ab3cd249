import type { Exchange, ExchangeHandler, ExchangeMiddleware } from "../../http/message/index.ts";

/** What `provision` returns. Every step is optional. */
export interface Instance {
  /** Checks what only the whole can tell. Throws ConfigError or Error. */
  validate?(): void | Promise<void>;
  /** Begins what is visible from outside: timers, sockets, checks. */
  start?(): void | Promise<void>;
  /** Gives everything back. Called once, whatever happened before. */
  cleanup?(): void | Promise<void>;
}

/** A module of `http.handlers`: either form. `middleware` is bound once to what stands behind it and is the faster one. */
export type HandlerInstance = Instance &
  ({ readonly handle: ExchangeHandler } | { readonly middleware: ExchangeMiddleware });

/** A module of `http.matchers`. It throws a HandlerError when it cannot tell. */
export interface MatcherInstance extends Instance {
  match(exchange: Exchange): boolean | Promise<boolean>;
}
