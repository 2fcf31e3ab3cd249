// Where the bundle begins. Sources that have changed since it was made are run as they are: nobody who edits a file may be served yesterday's.
import { join } from "node:path";
import { isFresh } from "./is-fresh.mjs";

const source = join(import.meta.dirname, "../src/cli/main.ts");
void (isFresh(import.meta.dirname) ? import("../../src/cli/main.ts") : import(source));
