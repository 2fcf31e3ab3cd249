import * as z from "zod/mini";

/** The config of `http.handlers.file_server`. */
export interface FileServerConfig {
  /** The folder that is served. Default `{http.vars.root}`, or "." when that is empty. */
  readonly root?: string | undefined;
  /** Names, globs or paths that are answered as if they were not there. */
  readonly hide?: readonly string[] | undefined;
  /** Files that stand for their folder. Default index.html, then index.txt. */
  readonly index_names?: readonly string[] | undefined;
  /** Whether folders are redirected to end in a slash, and files not to. Default true. */
  readonly canonical_uris?: boolean | undefined;
  /** The status of what is served, in place of 200, 206, 304 and the like; a placeholder may make it. */
  readonly status_code?: number | string | undefined;
  /** Whether what is not there goes on to the next handler instead of being a 404. */
  readonly pass_thru?: boolean | undefined;
  /** Ours: whether symlinks may lead out of the root, as Caddy lets them. Default false: what they lead to is not there. */
  readonly allow_outside_symlinks?: boolean | undefined;
}

/** Caddy's keys, and one of ours. */
export const FILE_SERVER: z.ZodMiniType<FileServerConfig> = z.strictObject({
  root: z.optional(z.string()),
  hide: z.optional(z.array(z.string().check(z.minLength(1)))),
  index_names: z.optional(z.array(z.string().check(z.minLength(1)))),
  canonical_uris: z.optional(z.boolean()),
  status_code: z.optional(z.union([z.int(), z.string()])),
  pass_thru: z.optional(z.boolean()),
  allow_outside_symlinks: z.optional(z.boolean()),
});

/** Keys of Caddy's which are not built yet. */
export const PLANNED_KEYS: Readonly<Record<string, string>> = {
  browse: "listings of folders",
  etag_file_extensions: "entity tags read from files",
  fs: "virtual file systems",
  precompressed: "files that were compressed in advance",
  precompressed_order: "files that were compressed in advance",
};
