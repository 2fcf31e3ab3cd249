export { httpTransport } from "./http-transport.ts";
export { reverseProxy } from "./reverse-proxy.ts";
export { selectionPolicies } from "./policies.ts";
export type { SelectionPolicy } from "./selection-policy.ts";
export type { ProxyTransport } from "./transport.ts";
export type { Upstream } from "./upstream.ts";
