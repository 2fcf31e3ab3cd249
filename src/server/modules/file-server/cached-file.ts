import { closeSync } from "node:fs";
import { formatHttpDate, type PreparedResponse, prepareResponse } from "../../../http/message/index.ts";
import type { ByteRange } from "./byte-ranges.ts";
import type { Validators } from "./conditional.ts";
import { entityTag, type FileIdentity, modifiedMs } from "./file-identity.ts";

/** What a file is made of when it is read: a small one's bytes, or a large one's open descriptor. */
export interface FileContent {
  readonly identity: FileIdentity;
  /** Bytes to come with a full response. */
  readonly size: number;
  readonly body: Uint8Array | undefined;
  /** Owned by the CachedFile; -1 when there is none. */
  readonly fd: number;
  /** Whether the identity holds for the content: it changed under our hands if not, and then no validators are sent. */
  readonly settled: boolean;
}

const EMPTY = new Uint8Array(0);
/** What an entry costs besides its body: keys, fields, the encoded head, objects. Measured as 1.2 to 1.6 KiB. */
const OVERHEAD = 1536;
/** Bodies up to this length are kept a second time, joined with their head. */
const JOINED_MAX = 4096;

/**
 * A file ready to be sent. Its head and its bytes were taken from the same open file, so that they belong together; a large one
 * keeps the descriptor instead of the bytes, and is held against it before each response.
 */
export class CachedFile implements Validators {
  /** Its path below the root; see `filePath`. */
  readonly path: string;
  /** Whether it stands for its folder. */
  readonly isIndex: boolean;
  readonly identity: FileIdentity;
  readonly size: number;
  readonly body: Uint8Array | undefined;
  readonly fd: number;
  readonly contentType: string | undefined;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly lastModified: string;
  /** All of it, as a range. */
  readonly whole: ByteRange;
  /** The whole answer to a plain GET of a small file. */
  readonly prepared: PreparedResponse | undefined;
  /** When it was last seen to be what stands on disk, in milliseconds of the monotonic clock. */
  checkedAt = 0;
  /** Whether it must be read again at the next check, whatever its identity. */
  doubtful = false;
  /** Set at each use; the pool takes it back when it goes round. */
  used = true;
  private notModifiedResponse: PreparedResponse | undefined = undefined;
  private holders = 0;
  private discarded = false;

  constructor(path: string, isIndex: boolean, content: FileContent, contentType: string | undefined) {
    this.path = path;
    this.isIndex = isIndex;
    this.identity = content.identity;
    this.size = content.size;
    this.body = content.body;
    this.fd = content.fd;
    this.contentType = contentType;
    this.etag = content.settled ? entityTag(content.identity) : "";
    this.modifiedMs = content.settled ? modifiedMs(content.identity) : -1;
    this.lastModified = this.modifiedMs < 0 ? "" : formatHttpDate(this.modifiedMs);
    this.whole = { start: 0, length: this.size };
    this.prepared = content.body && prepareResponse(200, this.fields(), content.body);
  }

  /** What it counts for in the pool, in bytes. */
  get cost(): number {
    const { body } = this;
    if (body === undefined) return OVERHEAD;
    return OVERHEAD + (body.length > JOINED_MAX ? body.length : 2 * body.length);
  }

  /** The 304 that stands for it. */
  get notModified(): PreparedResponse {
    this.notModifiedResponse ??= prepareResponse(304, this.etag === "" ? [] : [["ETag", this.etag]], EMPTY);
    return this.notModifiedResponse;
  }

  private fields(): [string, string][] {
    const fields: [string, string][] = [];
    if (this.contentType !== undefined) fields.push(["Content-Type", this.contentType]);
    if (this.etag !== "") fields.push(["ETag", this.etag]);
    if (this.lastModified !== "") fields.push(["Last-Modified", this.lastModified]);
    fields.push(["Accept-Ranges", "bytes"]);
    return fields;
  }

  /** Keeps the descriptor open until `release`. */
  hold(): void {
    this.holders++;
  }

  release(): void {
    this.holders--;
    this.closeUnheld();
  }

  /** The cache is done with it: the descriptor is closed when nobody holds it. Called once. */
  discard(): void {
    this.discarded = true;
    this.closeUnheld();
  }

  private closeUnheld(): void {
    if (this.discarded && this.holders === 0 && this.fd >= 0) closeSync(this.fd);
  }
}
