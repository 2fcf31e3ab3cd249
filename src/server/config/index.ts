export { ConfigFileError } from "./config-file-error.ts";
export { DURATION, durationMs } from "./duration.ts";
export {
  formatListenAddress,
  type ListenAddress,
  type TcpListenAddress,
  type UnixListenAddress,
  parseListenAddress,
} from "./listen-address.ts";
export { type LoadedConfig, loadConfig, parseConfig } from "./load-config.ts";
