import { describe, expect, test } from "bun:test";
import type { ConnKind } from "./conn-kind.ts";
import { bytesOf, failureOf, Pairs, pattern, readAll, readSome, settle, textOf } from "./pairs.ts";
import { Recorder } from "./recorder.ts";

/** The way from pull to push and back. */
export function describeSwitch(kind: ConnKind): void {
  describe("the switch", () => {
    const pairs = new Pairs(kind);

    test("each mode refuses the other's calls", async () => {
      const [a] = await pairs.make();
      const reading = a.read();
      expect(() => a.attach(new Recorder())).toThrow("EBUSY");
      expect(() => a.reattach(new Recorder())).toThrow("EINVAL");
      a.unread(bytesOf("x"));
      expect(textOf(await reading)).toBe("x");
      a.attach(new Recorder());
      expect(a.attached).toBe(true);
      expect(() => a.attach(new Recorder())).toThrow("EBUSY");
      expect((await failureOf(a.read())).code).toBe("EBUSY");
      expect((await failureOf(a.write(bytesOf("x")))).code).toBe("EBUSY");
      a.detach();
      expect(a.attached).toBe(false);
    });

    test("detach inside data: the rest is copied and read first, the old sink hears nothing more", async () => {
      const [a, b] = await pairs.make();
      const sink = new Recorder();
      sink.onEvent = (event, chunk) => {
        if (event !== "data") return;
        const rest = chunk!.subarray(2);
        a.detach(rest);
        rest.fill(0x21);
      };
      a.attach(sink);
      await b.write(bytesOf("GETrest"));
      await sink.heard("data");
      await b.write(bytesOf("more"));
      await b.closeWrite();
      expect(textOf(await readAll(a))).toBe("Trestmore");
      await b.close();
      await a.close();
      expect(sink.events).toEqual(["data"]);
    });

    test("detach flushes what was committed and lets a paused peer go on", async () => {
      const [a, b] = await pairs.make();
      a.attach(new Recorder());
      a.pause();
      a.send(bytesOf("out"));
      a.detach();
      expect(a.queued).toBe(0);
      expect(Buffer.from(await readSome(b, 3)).toString()).toBe("out");
      const writing = b.write(pattern(5_000_000));
      expect((await readSome(a, 5_000_000)).length).toBe(5_000_000);
      await writing;
    });

    test("back and forth in the middle of a stream loses nothing", async () => {
      const [a, b] = await pairs.make();
      const sent = pattern(20_000_000);
      const writing = b.write(sent).then(async () => b.closeWrite());
      const got: Uint8Array[] = [];
      for (let turn = 0; turn < 4; turn++) {
        got.push((await a.read())!);
        const sink = new Recorder();
        sink.onEvent = () => a.detach();
        a.attach(sink);
        await sink.heard("data");
        got.push(...sink.chunks);
      }
      got.push(await readAll(a));
      await writing;
      expect(Buffer.compare(Buffer.concat(got), sent)).toBe(0);
    });

    test("unread inside push mode comes as the next data", async () => {
      const [a, b] = await pairs.make();
      const sink = new Recorder();
      let once = true;
      sink.onEvent = (event, chunk) => {
        if (event !== "data" || !once) return;
        once = false;
        a.unread(chunk!.subarray(1));
      };
      a.attach(sink);
      await b.write(bytesOf("abc"));
      await sink.until(() => sink.length >= 5);
      expect(sink.text).toBe("abcbc");
    });

    test("detach inside end and inside close is quiet", async () => {
      const [a, b] = await pairs.make();
      const sink = new Recorder();
      sink.onEvent = (event) => {
        if (event === "end") a.detach();
      };
      a.attach(sink);
      await b.closeWrite();
      await sink.heard("end");
      expect(await a.read()).toBe(null);
      await a.write(bytesOf("still"));
      expect(Buffer.from(await readSome(b, 5)).toString()).toBe("still");
      b.abort();
      await settle();
      expect(sink.events).toEqual(["end"]);
    });

    test("a sink attached after the end and the close hears both", async () => {
      const [a, b] = await pairs.make();
      await b.write(bytesOf("x"));
      await b.close();
      expect(textOf(await a.read())).toBe("x");
      expect(await a.read()).toBe(null);
      const sink = new Recorder();
      a.attach(sink);
      await sink.heard("end");
      await a.close();
      await sink.heard("close");
      expect(sink.events).toEqual(["end", "close"]);
    });
  });
}
