export { clientIp, remoteIp } from "./remote-ip.ts";
