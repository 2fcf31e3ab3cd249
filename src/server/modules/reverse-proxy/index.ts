export { httpTransport } from "./http-transport.ts";
export { reverseProxy } from "./reverse-proxy.ts";
export { selectionPolicies } from "./policies.ts";
