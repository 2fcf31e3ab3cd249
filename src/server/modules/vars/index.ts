export { vars } from "./vars.ts";
