export { staticResponse } from "./static-response.ts";
