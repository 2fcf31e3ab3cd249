import type { ModuleDefinition } from "../module/index.ts";
import { error } from "./error/index.ts";
import { fileServer } from "./file-server/index.ts";
import { headers } from "./headers/index.ts";
import { httpTransport, reverseProxy, selectionPolicies } from "./reverse-proxy/index.ts";
import { rewrite } from "./rewrite/index.ts";
import { staticResponse } from "./static-response/index.ts";
import { subroute } from "./subroute/index.ts";
import { vars } from "./vars/index.ts";

/** Every module that comes with the server. */
export const standardModules: readonly ModuleDefinition[] = [
  error,
  headers,
  rewrite,
  staticResponse,
  subroute,
  vars,
  fileServer,
  reverseProxy,
  httpTransport,
  ...selectionPolicies,
] as readonly unknown[] as readonly ModuleDefinition[];
