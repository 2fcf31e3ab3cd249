import type { OutgoingRequest, ResponseSink, RoundTrip } from "../../../http/message/index.ts";
import type { Instance } from "../../module/index.ts";
import type { DialAddress } from "./dial-address.ts";

/** Where the transports live. */
export const TRANSPORTS = "http.reverse_proxy.transport";

/** A module of `http.reverse_proxy.transport`: carries a request to one upstream. */
export interface ProxyTransport extends Instance {
  /** How long an upstream is waited for to agree to a body for which its client asks first (`Expect`), in ms; absent or 0: it is not asked. */
  readonly expectContinueMs?: number;
  /** Begins a round trip. A failure, dialling included, goes to `sink.error`. */
  roundTrip(address: DialAddress, request: OutgoingRequest, sink: ResponseSink): RoundTrip;
}
