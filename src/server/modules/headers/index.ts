export { HeaderOperations } from "./header-operations.ts";
export {
  HEADER_OPERATIONS,
  type HeaderOperationsConfig,
  RESPONSE_HEADER_OPERATIONS,
  type ResponseHeaderOperationsConfig,
} from "./header-operations-config.ts";
export { headers } from "./headers.ts";
export { ResponseRequirement } from "./response-requirement.ts";
