export { fieldValues, header } from "./header.ts";
