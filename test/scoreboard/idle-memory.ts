import { openIdleConnections } from "../../bench/http/idle.ts";
import { wrk } from "../../bench/load.ts";
import { memoryBytesOf } from "../../bench/process-tree.ts";
import type { Item } from "./item.ts";
import { makeSite } from "./site.ts";

/** 16: what an idle kept-alive connection costs; TLS joins when it stands. */
export const idleMemory: Item = {
  number: 16,
  title: "memory of an idle connection, 10,000 of them",
  target: "≤ 3 KiB",
  async measure(contender, effort) {
    using site = makeSite();
    const server = await contender.start({ root: site.root });
    try {
      const count = effort === "full" ? 10_000 : 200;
      await wrk(`${server.url}/`, { connections: 64, seconds: 1 });
      const before = memoryBytesOf(server.pids());
      const connections = await openIdleConnections(server.port, count);
      const kibibytes = (memoryBytesOf(server.pids()) - before) / count / 1024;
      await connections.close();
      return { text: `${kibibytes.toFixed(2)} KiB`, good: kibibytes <= 3 };
    } finally {
      await server.stop();
    }
  },
};
