import type { Contestant } from "../../bench/contestant.ts";
import { memoryBytesOf } from "../../bench/process-tree.ts";
import { type Contender, CONTENDERS } from "./contenders.ts";
import type { Effort, Item } from "./item.ts";
import { RawClient } from "./raw-client.ts";
import { makeSite } from "./site.ts";

const RATE = 64 * 1024;

/** 17: readers at 64 KiB a second of 1 GiB: from a file, and through the reverse proxy. */
export const slowReaders: Item = {
  number: 17,
  title: "memory of a slow reader of 1 GiB, 100 of them: file, proxied",
  target: "≤ 512 KiB",
  async measure(contender, effort) {
    using site = makeSite();
    const fromFile = await started(await contender.start({ root: site.root }), effort);
    const behind = await originOf(site.root);
    try {
      const proxied = await started(await contender.start({ upstreams: [behind.port] }), effort);
      return {
        text: `${fromFile.toFixed(0)} KiB, ${proxied.toFixed(0)} KiB`,
        good: fromFile <= 512 && proxied <= 512,
      };
    } finally {
      await behind.stop();
    }
  },
};

/** The origin behind every proxy is the same server, whatever is measured. */
async function originOf(root: string): Promise<Contestant> {
  const nginx: Contender = CONTENDERS.find(({ name }) => name === "nginx")!;
  return nginx.start({ root });
}

async function started(server: Contestant, effort: Effort): Promise<number> {
  const [count, ms] = effort === "full" ? [100, 15_000] : [10, 2000];
  const before = memoryBytesOf(server.pids());
  const readers: SlowReader[] = [];
  try {
    for (let i = 0; i < count; i++) readers.push(await SlowReader.begin(server.port));
    await Bun.sleep(ms);
    const each = (memoryBytesOf(server.pids()) - before) / count / 1024;
    const starved = readers.filter(({ bytes }) => bytes === 0).length;
    if (starved > 0) throw new Error(`${starved} readers got nothing`);
    return each;
  } finally {
    for (const reader of readers) reader.stop();
    await server.stop();
  }
}

/** Takes what comes at RATE: it stops listening for as long as the last chunk was worth. */
class SlowReader {
  bytes = 0;
  private client: RawClient | undefined = undefined;
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;

  static async begin(port: number): Promise<SlowReader> {
    const reader = new SlowReader();
    reader.client = await RawClient.connect(port, (chunk) => reader.took(chunk.length));
    reader.client.send("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    return reader;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.client?.close();
  }

  private took(count: number): void {
    this.bytes += count;
    this.client?.pause();
    this.timer = setTimeout(() => this.client?.resume(), (1000 * count) / RATE);
  }
}
