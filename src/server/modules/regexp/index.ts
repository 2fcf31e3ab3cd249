export { compileGoPattern } from "./go-pattern.ts";
export { replaceMatches } from "./replace-matches.ts";
