import type { Exchange } from "../../../http/message/index.ts";
import type { Instance } from "../../module/index.ts";
import type { Upstream } from "./upstream.ts";

/** A module of `http.reverse_proxy.selection_policies`: chooses one of the upstreams that are available. */
export interface SelectionPolicy extends Instance {
  /** Undefined when none is available. It may add to the response's fields, such as a cookie. */
  select(pool: readonly Upstream[], exchange: Exchange): Upstream | undefined;
}
