export { headerRegexp } from "./header-regexp.ts";
