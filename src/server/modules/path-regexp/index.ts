export { pathRegexp } from "./path-regexp.ts";
