export { path } from "./path.ts";
