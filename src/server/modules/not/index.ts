export { not } from "./not.ts";
