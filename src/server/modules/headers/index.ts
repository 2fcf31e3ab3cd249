export {
  HEADER_OPERATIONS,
  HeaderOperations,
  type HeaderOperationsConfig,
  RESPONSE_HEADER_OPERATIONS,
} from "./header-operations.ts";
