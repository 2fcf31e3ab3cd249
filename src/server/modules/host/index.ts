export { host } from "./host.ts";
