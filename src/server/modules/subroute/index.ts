export { subroute } from "./subroute.ts";
