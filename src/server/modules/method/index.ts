export { method } from "./method.ts";
