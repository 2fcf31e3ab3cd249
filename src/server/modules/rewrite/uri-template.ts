import type { Exchange } from "../../../http/message/index.ts";
import type { ConfigPath, ProvisionContext, Template } from "../../module/index.ts";
import { escapeMixedPath } from "./escaped-path.ts";
import { escapeQueryText, sendableQuery } from "./query-values.ts";

/** Changes the URI of a request. */
export type UriChange = (exchange: Exchange) => void;

const PLACEHOLDER = /(?<!\\)(\{[^{}\s"']+\})/;
const PATH = "{http.request.uri.path}";
const QUERY = "{http.request.uri.query}";

/**
 * Compiles the `uri` of a rewrite. `/path` replaces the path and keeps the query, `?query` the other way round, `/path?query` replaces both, `/path?` drops
 * the query. What placeholders bring into a path may hold a query of its own, which counts if the text has none; in a query
 * their values are escaped, but for a query as a whole. A fragment is dropped.
 */
export function compileUri(text: string, context: ProvisionContext, at: ConfigPath): UriChange {
  const [whole = ""] = text.split("#");
  const mark = whole.indexOf("?");
  const path = pathMaker(mark < 0 ? whole : whole.slice(0, mark), context, at);
  const query = mark < 0 ? undefined : queryMaker(whole.slice(mark + 1), context, at);
  return (exchange) => {
    // Both are made of the URI as it stands before either changes.
    const made = path?.(exchange);
    const ownQuery = query?.(exchange);
    if (made !== undefined) {
      const changed = escapeMixedPath(made.path);
      if (changed !== exchange.path) exchange.path = changed;
    }
    const newQuery = ownQuery === undefined || ownQuery === "" ? (made?.query ?? ownQuery) : ownQuery;
    if (newQuery !== undefined && newQuery !== exchange.query) exchange.query = sendableQuery(newQuery);
  };
}

interface MadePath {
  readonly path: string;
  /** A query that a placeholder brought in. */
  readonly query: string | undefined;
}

type Piece = (exchange: Exchange) => string;

function pathMaker(
  text: string,
  context: ProvisionContext,
  at: ConfigPath,
): ((exchange: Exchange) => MadePath) | undefined {
  if (text === "") return undefined;
  const pieces = piecesOf(text, context, at, (template) => (exchange) => template.evaluate(exchange), {
    [PATH]: (exchange) => exchange.path,
  });
  return (exchange) => {
    const [made = ""] = concat(pieces, exchange).split("#");
    const mark = made.indexOf("?");
    if (mark < 0) return { path: made, query: undefined };
    return { path: made.slice(0, mark), query: made.slice(mark + 1) };
  };
}

/** Pairs that come out empty are left out, so that `{http.request.uri.query}&a=b` is fine without a query. */
function queryMaker(text: string, context: ProvisionContext, at: ConfigPath): Piece {
  const pairs = text.split("&").map((pair) => {
    const [key = "", ...values] = pair.split(/(?==)/);
    return [
      ...piecesOf(key, context, at, escaped, { [QUERY]: (exchange) => exchange.query }),
      ...piecesOf(values.join(""), context, at, escaped, {}),
    ];
  });
  return (exchange) => {
    let query = "";
    for (const pieces of pairs) {
      const pair = concat(pieces, exchange);
      if (pair !== "") query += query === "" ? pair : `&${pair}`;
    }
    return query;
  };
}

function escaped(template: Template): Piece {
  return (exchange) => escapeQueryText(template.evaluate(exchange));
}

/** The pieces of a text: placeholders, of which some are read in their own way, and what stands between. */
function piecesOf(
  text: string,
  context: ProvisionContext,
  at: ConfigPath,
  read: (template: Template) => Piece,
  own: Readonly<Record<string, Piece>>,
): Piece[] {
  return text
    .split(PLACEHOLDER)
    .filter((part) => part !== "")
    .map((part) => {
      const template = context.template(part, ...at);
      const { constant } = template;
      if (constant !== undefined) return () => constant;
      return (Object.hasOwn(own, part) ? own[part] : undefined) ?? read(template);
    });
}

function concat(pieces: readonly Piece[], exchange: Exchange): string {
  let text = "";
  for (const piece of pieces) text += piece(exchange);
  return text;
}
