import type { ModuleDefinition } from "../module/index.ts";
import { error } from "./error/index.ts";
import { fileServer } from "./file-server/index.ts";
import { header } from "./header/index.ts";
import { headerRegexp } from "./header-regexp/index.ts";
import { headers } from "./headers/index.ts";
import { host } from "./host/index.ts";
import { method } from "./method/index.ts";
import { not } from "./not/index.ts";
import { path } from "./path/index.ts";
import { pathRegexp } from "./path-regexp/index.ts";
import { protocol } from "./protocol/index.ts";
import { query } from "./query/index.ts";
import { clientIp, remoteIp } from "./remote-ip/index.ts";
import { httpTransport, reverseProxy, selectionPolicies } from "./reverse-proxy/index.ts";
import { rewrite } from "./rewrite/index.ts";
import { staticResponse } from "./static-response/index.ts";
import { subroute } from "./subroute/index.ts";
import { vars } from "./vars/index.ts";
import { varsMatcher, varsRegexpMatcher } from "./vars-matcher/index.ts";

/** Every module that comes with the server. */
export const standardModules: readonly ModuleDefinition[] = [
  clientIp,
  header,
  headerRegexp,
  host,
  method,
  not,
  path,
  pathRegexp,
  protocol,
  query,
  remoteIp,
  varsMatcher,
  varsRegexpMatcher,
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
