export { DURATION } from "./duration.ts";
export {
  formatListenAddress,
  type ListenAddress,
  type TcpListenAddress,
  type UnixListenAddress,
  parseListenAddress,
} from "./listen-address.ts";
export { type LoadedConfig, loadConfig } from "./load-config.ts";
