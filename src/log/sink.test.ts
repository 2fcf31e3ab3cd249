import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LineBuffer } from "./line-buffer.ts";
import { type LossListener, LogSink, openFileSink } from "./sink.ts";

/** A system that takes `room` bytes, then refuses. */
class Disk {
  room = Number.POSITIVE_INFINITY;
  writes = 0;
  text = "";

  readonly write = (bytes: Uint8Array, start: number, length: number): number => {
    this.writes++;
    if (this.room === 0) throw new Error("ENOSPC");
    const taken = Math.min(length, this.room);
    this.room -= taken;
    this.text += new TextDecoder().decode(bytes.subarray(start, start + taken));
    return taken;
  };
}

/** Writes down what it hears. */
class Listener implements LossListener {
  readonly heard: string[] = [];

  began(reason: unknown): void {
    this.heard.push(`began: ${reason instanceof Error ? reason.message : String(reason)}`);
  }

  ended(lost: number, buffer: LineBuffer): void {
    this.heard.push(`ended: ${lost}`);
    buffer.ascii(`lost ${lost}\n`);
  }

  closed(lost: number): void {
    this.heard.push(`closed: ${lost}`);
  }
}

function sinkOn(disk: Disk, loss?: LossListener): { line: (text: string) => void; turn: () => void; sink: LogSink } {
  let deferred: (() => void)[] = [];
  const sink = new LogSink(disk.write, { defer: (flush) => void deferred.push(flush), loss });
  const line = (text: string): void => {
    sink.buffer.ascii(`${text}\n`);
    sink.lineEnded();
  };
  const turn = (): void => {
    const due = deferred;
    deferred = [];
    for (const flush of due) flush();
  };
  return { line, turn, sink };
}

describe("LogSink", () => {
  test("writes the lines of one turn at once", () => {
    const disk = new Disk();
    const { line, turn } = sinkOn(disk);
    line("one");
    line("two");
    expect(disk.writes).toBe(0);
    turn();
    expect(disk).toMatchObject({ writes: 1, text: "one\ntwo\n" });
    line("three");
    turn();
    expect(disk).toMatchObject({ writes: 2, text: "one\ntwo\nthree\n" });
  });

  test("flushes by itself when much waits", () => {
    const disk = new Disk();
    const { line } = sinkOn(disk);
    for (let i = 0; i < 70; i++) line("x".repeat(1000));
    expect(disk.writes).toBe(1);
  });

  test("a full disk drops whole lines, counts them, and tears none", () => {
    const disk = new Disk();
    const { line, turn, sink } = sinkOn(disk);
    disk.room = 6;
    line("one");
    line("two");
    line("three");
    line("four");
    turn();
    expect(disk.text).toBe("one\ntw");
    expect(sink.dropped).toBe(2);
    line("five");
    turn();
    expect(sink.dropped).toBe(3);
    disk.room = Number.POSITIVE_INFINITY;
    line("six");
    turn();
    expect(disk.text.startsWith("one\ntwo\n")).toBe(true);
    expect(disk.text.endsWith("six\n")).toBe(true);
    const arrived = disk.text.split("\n").length - 1;
    expect(arrived + sink.dropped).toBe(6);
  });

  test("tells when lines begin to be lost and, with the number, when it can write again", () => {
    const disk = new Disk();
    const loss = new Listener();
    const { line, turn } = sinkOn(disk, loss);
    const lines = (...texts: string[]): void => {
      for (const text of texts) line(text);
      turn();
    };
    disk.room = 0;
    lines("one", "two");
    lines("three");
    expect(loss.heard).toEqual(["began: ENOSPC"]);
    disk.room = Number.POSITIVE_INFINITY;
    lines("four");
    expect(loss.heard).toEqual(["began: ENOSPC", "ended: 3"]);
    expect(disk.text).toBe("four\nlost 3\n");
    disk.room = 0;
    lines("five");
    expect(loss.heard).toEqual(["began: ENOSPC", "ended: 3", "began: ENOSPC"]);
  });

  test("tells at the end what nothing was told of, and takes an empty flush for no success", () => {
    const disk = new Disk();
    const loss = new Listener();
    const { line, sink } = sinkOn(disk, loss);
    disk.room = 0;
    line("one");
    sink.flush();
    sink.flush();
    sink.close();
    expect(loss.heard).toEqual(["began: ENOSPC", "closed: 1"]);
  });

  test("tells anew when the line about the loss is lost, too", () => {
    const disk = new Disk();
    const loss = new Listener();
    const { line, turn } = sinkOn(disk, loss);
    disk.room = 0;
    line("one");
    turn();
    disk.room = 4;
    line("two");
    turn();
    expect(disk.text).toBe("two\n");
    expect(loss.heard).toEqual(["began: ENOSPC", "ended: 1", "began: ENOSPC"]);
  });

  test("openFileSink appends, makes folders, and keeps others out", () => {
    const folder = mkdtempSync(join(tmpdir(), "netwright-log-"));
    try {
      const path = join(folder, "deep", "access.log");
      for (const text of ["one\n", "two\n"]) {
        const sink = openFileSink(path);
        sink.buffer.ascii(text);
        sink.lineEnded();
        sink.close();
        sink.close();
      }
      expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
      expect(statSync(path).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
