export { standardModules } from "./standard.ts";
