import type { Clock, Random } from "../../../clock/index.ts";
import { type Exchange, type Fields, HandlerError, type Next } from "../../../http/message/index.ts";
import { ERROR_VAR, type Template } from "../../module/index.ts";
import { answerFile, answerLarge } from "./answer-file.ts";
import { canonicalPath, redirect } from "./canonical-path.ts";
import { filePath } from "./file-path.ts";
import { FRESH_MS } from "./file-site.ts";
import type { Sites } from "./sites.ts";

/** What a FileHandler is made of. */
export interface FileHandlerParts {
  readonly sites: Sites;
  /** Whether paths are redirected to end in a slash for folders only. */
  readonly canonical: boolean;
  readonly passThru: boolean;
  /** The status that is sent in place of every other; a template that makes it; 0: none. */
  readonly status: number | Template;
  readonly clock: Clock;
  readonly random: Random;
}

/** Answers requests with files. */
export class FileHandler {
  private readonly parts: FileHandlerParts;
  /** Whether a plain request can be answered from the cache as it is. */
  private readonly plain: boolean;

  constructor(parts: FileHandlerParts) {
    this.parts = parts;
    this.plain = parts.status === 0;
  }

  /**
   * The way of nearly every request: a plain GET for a file that is cached and fresh. It costs one look-up by the path as it came, and one scan of the fields
   * for preconditions and ranges; for a small file nothing is allocated. Everything else goes the long way.
   */
  handle(exchange: Exchange, next: Next): void | Promise<void> {
    const site = this.parts.sites.of(exchange);
    const file = site.files.get(exchange.path);
    if (
      file === undefined ||
      exchange.startedAt - file.checkedAt >= FRESH_MS ||
      !this.plain ||
      exchange.rewritten ||
      exchange.method !== "GET" ||
      exchange.hasResponseFields ||
      hasConditions(exchange.fields) ||
      errorOf(exchange) !== undefined
    ) {
      return this.serve(exchange, next);
    }
    file.used = true;
    if (file.prepared !== undefined) return exchange.respond(file.prepared);
    return site.holds(file) ? answerLarge(exchange, file) : this.serve(exchange, next);
  }

  private serve(exchange: Exchange, next: Next): void | Promise<void> {
    const { sites, canonical, passThru, clock, random } = this.parts;
    const file = sites.of(exchange).find(filePath(exchange.path));
    if (file === undefined) {
      if (passThru) return next(exchange);
      throw new HandlerError(404, "there is no such file");
    }
    const elsewhere = canonical ? canonicalPath(exchange, file.isIndex) : undefined;
    if (elsewhere !== undefined) return redirect(exchange, elsewhere);
    const error = errorOf(exchange);
    if (error === undefined) refuseOtherMethods(exchange);
    return answerFile(exchange, file, { status: this.statusFor(exchange, error), clock, random });
  }

  /** The status to send in place of every other; 0: none. Where an error is being answered it is the error's. */
  private statusFor(exchange: Exchange, error: unknown): number {
    const { status } = this.parts;
    const own = typeof status === "number" ? status : statusOf(status.evaluate(exchange));
    if (own !== 0 || error === undefined) return own;
    return HandlerError.from(error).status;
  }
}

/** Whether a request has fields that may change the answer: preconditions or a range. No allocation. */
function hasConditions(fields: Fields): boolean {
  const { end } = fields;
  for (let i = 0; i < end; i++) {
    const tag = fields.tagAt(i);
    if ((tag & 0xff) === LETTER_I || tag === TAG_RANGE) return true;
  }
  return false;
}

/** Every If-… begins with it, and little else. */
const LETTER_I = 0x69;
const TAG_RANGE = (5 << 8) | 0x72;

/** The error that the chain is answering, if it is one of error routes. */
function errorOf(exchange: Exchange): unknown {
  return exchange.hasVars ? exchange.vars.get(ERROR_VAR) : undefined;
}

function refuseOtherMethods(exchange: Exchange): void {
  if (exchange.method === "GET" || exchange.method === "HEAD") return;
  exchange.responseFields.set("Allow", "GET, HEAD");
  throw new HandlerError(405, `files are not for ${exchange.method}`);
}

/** Reads a status that a placeholder made. */
function statusOf(text: string): number {
  if (text === "0") return 0;
  if (/^[2-9]\d\d$/.test(text)) return Number(text);
  throw new HandlerError(500, `file_server: ${JSON.stringify(text)} is no status`);
}
