export { configPattern } from "./config-pattern.ts";
export { compileGoPattern, compileSafely } from "./go-pattern.ts";
export { replaceMatches } from "./replace-matches.ts";
export { compileReplacement, type Replacement, type ReplacementConfig } from "./replacement.ts";
export { CAPTURING_PATTERN, type CapturingPatternConfig, compileCapturing } from "./capturing-pattern.ts";
