export { compileGlob } from "./glob.ts";
