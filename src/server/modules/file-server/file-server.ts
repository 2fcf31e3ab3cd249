import { resolve } from "node:path";
import {
  ConfigError,
  defineModule,
  type HandlerInstance,
  type ModuleDefinition,
  type ProvisionContext,
  type Template,
} from "../../module/index.ts";
import { FILE_SERVER, type FileServerConfig, PLANNED_KEYS } from "./config.ts";
import { FilePool } from "./file-pool.ts";
import { FileHandler } from "./file-handler.ts";
import { compileGlob } from "../glob/index.ts";
import { compileHidden } from "./hidden-paths.ts";
import { Sites } from "./sites.ts";

/** One for the whole process, whatever file servers there are. */
const POOL_KEY = "http.file_server.pool";

/**
 * `http.handlers.file_server`: answers with the files of a folder. Caddy's keys and ways; where it differs: symlinks do not lead out of the root unless
 * `allow_outside_symlinks` says so, only regular files are served, and units of ranges that are not known are ignored.
 */
export const fileServer: ModuleDefinition<FileServerConfig, HandlerInstance> = defineModule({
  id: "http.handlers.file_server",
  schema: FILE_SERVER,
  planned: PLANNED_KEYS,
  provision,
});

function provision(config: FileServerConfig, context: ProvisionContext): HandlerInstance {
  const templates = {
    root: context.template(config.root ?? "{http.vars.root}", "root"),
    hide: compileHide(config, context),
    indexNames: (config.index_names ?? ["index.html", "index.txt"]).map((name, i) =>
      context.template(name, "index_names", i),
    ),
    allowOutside: config.allow_outside_symlinks ?? false,
  };
  const status = statusOf(config.status_code ?? 0, context);
  warnOfHiddenRoot(templates.root, templates.hide, context);
  const { clock, random } = context;
  // Taken hold of last, when nothing can fail any more.
  const pool = context.usage.acquire(
    POOL_KEY,
    () => new FilePool(clock),
    (held) => held.close(),
  );
  const sites = new Sites(templates, context.baseDir, pool, clock);
  const server = new FileHandler({
    sites,
    canonical: config.canonical_uris ?? true,
    passThru: config.pass_thru ?? false,
    status,
    clock,
    random,
  });
  return {
    middleware: (next) => (exchange) => server.handle(exchange, next),
    cleanup() {
      sites.clear();
      context.usage.release(POOL_KEY);
    },
  };
}

function compileHide(config: FileServerConfig, context: ProvisionContext): Template[] {
  return (config.hide ?? []).map((pattern, i) => {
    const template = context.template(pattern, "hide", i);
    if (template.constant !== undefined && compileGlob(template.constant) === undefined) {
      throw new ConfigError([...context.path, "hide", i], `${JSON.stringify(pattern)} is a malformed pattern`, {
        hint: "close the bracket, or put a backslash before it",
      });
    }
    return template;
  });
}

/** Says that nothing will be served, as Caddy serves nothing then: a pattern without a slash looks at the root's own path too. */
function warnOfHiddenRoot(root: Template, hide: readonly Template[], context: ProvisionContext): void {
  if (root.constant === undefined) return;
  const path = resolve(context.baseDir, root.constant);
  for (const [i, { constant = "" }] of hide.entries()) {
    if (constant === "" || !compileHidden([constant], context.baseDir).hides(path)) continue;
    context.warn(
      `${JSON.stringify(constant)} hides the root ${path} itself, so that nothing will be served`,
      "hide",
      i,
    );
  }
}

function statusOf(code: number | string, context: ProvisionContext): number | Template {
  const template = context.template(String(code), "status_code");
  if (template.constant === undefined) return template;
  if (template.constant === "" || template.constant === "0") return 0;
  if (/^[2-9]\d\d$/.test(template.constant)) return Number(template.constant);
  throw new ConfigError([...context.path, "status_code"], `${JSON.stringify(code)} is no status`, {
    hint: "write a number from 200 to 999, or a placeholder that makes one",
  });
}
