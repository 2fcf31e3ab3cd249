export { fileServer } from "./file-server.ts";
