export { varsMatcher, varsRegexpMatcher } from "./vars-matcher.ts";
