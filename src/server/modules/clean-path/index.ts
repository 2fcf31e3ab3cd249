export { cleanRequestPath } from "./clean-request-path.ts";
