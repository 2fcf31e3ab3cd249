export { MessageHead } from "./message-head.ts";
