import { decodePath, type Fields } from "../message/index.ts";
import { ABSOLUTE, AUTHORITY, ESCAPED } from "./message-head.ts";
import type { ServerHead } from "./server-head.ts";
import { TextCache } from "./text-cache.ts";

const hosts = new TextCache();

/** The request half of an H1Exchange: texts made from the head's bytes when they are first asked for, and what rewrites put in their place. */
export abstract class RequestView {
  /** The head, until the exchange is over. */
  protected head: ServerHead | undefined;
  private methodNow: string | undefined = undefined;
  private pathNow: string | undefined = undefined;
  private queryNow: string | undefined = undefined;
  private decoded: string | undefined = undefined;
  private targetText: string | undefined = undefined;
  private hostText: string | undefined = undefined;
  /** Whether path or query were assigned. */
  rewritten = false;

  constructor(head: ServerHead) {
    this.head = head;
  }

  /** The head of an exchange that is not over. */
  protected get live(): ServerHead {
    if (this.head === undefined)
      throw new Error("the exchange is over: nothing of it may be used after its response has ended");
    return this.head;
  }

  get method(): string {
    this.methodNow ??= this.live.method;
    return this.methodNow;
  }

  set method(method: string) {
    this.methodNow = method;
  }

  get originalMethod(): string {
    return this.live.method;
  }

  get originalTarget(): string {
    if (this.targetText === undefined) {
      const head = this.live;
      this.targetText = head.text(head.targetStart, head.targetEnd);
    }
    return this.targetText;
  }

  get path(): string {
    if (this.pathNow === undefined) {
      const head = this.live;
      const path = head.text(head.pathStart, head.pathEnd);
      // An absolute-form target may have no path: it means "/" (RFC 9112 section 3.2.1).
      this.pathNow = path === "" && (head.flags & ABSOLUTE) !== 0 ? "/" : path;
    }
    return this.pathNow;
  }

  set path(path: string) {
    this.pathNow = path;
    this.decoded = undefined;
    this.rewritten = true;
  }

  get query(): string {
    if (this.queryNow === undefined) {
      const head = this.live;
      this.queryNow = head.queryStart < head.queryEnd ? head.text(head.queryStart, head.queryEnd) : "";
    }
    return this.queryNow;
  }

  set query(query: string) {
    this.queryNow = query;
    this.rewritten = true;
  }

  get target(): string {
    if (!this.rewritten && (this.live.flags & ABSOLUTE) === 0) return this.originalTarget;
    if (this.path === "" && (this.live.flags & AUTHORITY) !== 0) return this.originalTarget;
    return this.query === "" ? this.path : `${this.path}?${this.query}`;
  }

  get decodedPath(): string {
    this.decoded ??= !this.rewritten && (this.live.flags & ESCAPED) === 0 ? this.path : decodePath(this.path);
    return this.decoded;
  }

  get host(): string {
    this.hostText ??= this.originalHost;
    return this.hostText;
  }

  set host(host: string) {
    this.hostText = host;
  }

  get originalHost(): string {
    const head = this.live;
    return hosts.text(head.bytes, head.hostStart, head.hostEnd);
  }

  get protocol(): string {
    return this.live.minor === 1 ? "HTTP/1.1" : "HTTP/1.0";
  }

  get fields(): Fields {
    return this.live.fields;
  }
}
