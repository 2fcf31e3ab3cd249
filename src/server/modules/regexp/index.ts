export { configPattern } from "./config-pattern.ts";
export { compileSafely, type GoPattern } from "./go-pattern.ts";
export { replaceMatches } from "./replace-matches.ts";
export { compileReplacement, type ReplacementConfig } from "./replacement.ts";
export { CAPTURING_PATTERN, type CapturingPatternConfig, compileCapturing } from "./capturing-pattern.ts";
