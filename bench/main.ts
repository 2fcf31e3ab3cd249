import { benchAddr } from "./addr/addr.bench.ts";
import { benchHttp } from "./http/http.bench.ts";
import { benchNet } from "./net/net.bench.ts";
import { benchRelay } from "./relay/relay.bench.ts";

const BENCHES: Readonly<Record<string, (flags: ReadonlySet<string>) => Promise<void>>> = {
  addr: benchAddr,
  http: benchHttp,
  net: benchNet,
  relay: benchRelay,
};

const [name, ...rest] = process.argv.slice(2);
const bench = name === undefined ? undefined : BENCHES[name];
if (bench === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join("|")} [--smoke] [part …]`);
  process.exit(2);
}
await bench(new Set(rest));
