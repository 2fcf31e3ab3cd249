export { protocol } from "./protocol.ts";
