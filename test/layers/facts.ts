import { parseSync } from "oxc-parser";

/** One import of a file, in whatever form it was written. */
export interface Import {
  /** What stands between the quotes; undefined for an `import()` whose path is computed. */
  readonly specifier: string | undefined;
  /** Whether it vanishes at run time. */
  readonly typeOnly: boolean;
  /** Whether it is an `export * from` or an `export * as name from`. */
  readonly star: boolean;
}

/** What the rules need to know about one source file. */
export interface Facts {
  readonly imports: readonly Import[];
  /** The watched globals that the file uses, such as `Bun`, `Date.now` and `new Date`. */
  readonly globals: readonly string[];
  /** Whether the file consists of nothing but `export … from`. */
  readonly onlyReExports: boolean;
  readonly errors: readonly string[];
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const WATCHED = new Set(["Bun", "process", "crypto", "performance", "setTimeout", "setInterval", "setImmediate"]);
const WATCHED_MEMBERS = new Set(["Date.now", "Math.random"]);

const STARS = new Set<string>(["All", "AllButDefault"]);

/** Parses a file and lists its imports and the watched globals that it touches. */
export function factsOf(path: string, source: string): Facts {
  const { program, module, errors } = parseSync(path, source);
  const imports: Import[] = [];
  for (const { moduleRequest, entries } of module.staticImports) {
    const typeOnly = entries.length > 0 && entries.every((entry) => entry.isType);
    imports.push({ specifier: moduleRequest.value, typeOnly, star: false });
  }
  for (const { entries } of module.staticExports) {
    const from = entries.filter((entry) => entry.moduleRequest);
    const star = from.some((entry) => STARS.has(entry.importName.kind));
    const typeOnly = from.every((entry) => entry.isType);
    if (from.length > 0) imports.push({ specifier: from[0]?.moduleRequest?.value, typeOnly, star });
  }

  const used = new Set<string>();
  const declared = new Set<string>();
  walk(program as unknown as Node, undefined, "", (node, parent, role) => {
    const found = importIn(node);
    if (found !== undefined) imports.push(found);
    const member = watchedMember(node);
    if (member !== undefined) used.add(member);
    if (node.type !== "Identifier") return;
    const name = String(node["name"]);
    if (declares(parent, role)) declared.add(name);
    else if (WATCHED.has(name) && !isJustAName(parent, role)) used.add(name);
  });
  for (const name of declared) used.delete(name);

  const onlyReExports = program.body.every((node) => node.type === "ExportNamedDeclaration" && node.source !== null);
  return { imports, globals: [...used], onlyReExports, errors: errors.map((error) => error.message) };
}

type Visit = (node: Node, parent: Node | undefined, role: string) => void;

function walk(node: Node, parent: Node | undefined, role: string, visit: Visit): void {
  visit(node, parent, role);
  for (const key in node) {
    const value = node[key];
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, node, key, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** The imports that are not statements: `import("…")`, the type `import("…").Name` and `require("…")`. */
function importIn(node: Node): Import | undefined {
  if (node.type === "ImportExpression") return { specifier: literal(node["source"]), typeOnly: false, star: false };
  if (node.type === "TSImportType") return { specifier: literal(node["source"]), typeOnly: true, star: false };
  if (node.type !== "CallExpression" || nameOf(node["callee"]) !== "require") return undefined;
  return { specifier: literal((node["arguments"] as unknown[])[0]), typeOnly: false, star: false };
}

function watchedMember(node: Node): string | undefined {
  if (node.type === "NewExpression" && nameOf(node["callee"]) === "Date") {
    return (node["arguments"] as unknown[]).length === 0 ? "new Date" : undefined;
  }
  if (node.type !== "MemberExpression") return undefined;
  const object = nameOf(node["object"]);
  const key = node["computed"] === true ? literal(node["property"]) : nameOf(node["property"]);
  if (object === undefined || key === undefined) return undefined;
  if (object === "globalThis") return WATCHED.has(key) ? key : undefined;
  return WATCHED_MEMBERS.has(`${object}.${key}`) ? `${object}.${key}` : undefined;
}

function declares(parent: Node | undefined, role: string): boolean {
  if (parent === undefined) return false;
  if (parent.type === "VariableDeclarator" || parent.type.endsWith("Declaration")) return role === "id";
  return role === "params" || role === "local" || (role === "left" && parent.type === "AssignmentPattern");
}

/** Whether an identifier there is the name of a member, and so no use of a global. */
function isJustAName(parent: Node | undefined, role: string): boolean {
  if (role === "property" || role === "key") return parent?.["computed"] !== true;
  return (role === "right" && parent?.type === "TSQualifiedName") || role === "label" || role === "exported";
}

function literal(node: unknown): string | undefined {
  const value = isNode(node) ? node["value"] : undefined;
  return typeof value === "string" ? value : undefined;
}

function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === "Identifier" ? String(node["name"]) : undefined;
}
