/** The hosts that routes match, wherever they stand in subroutes: those that Caddy would get certificates for. */
export function wantedHosts(routes: readonly unknown[]): string[] {
  const hosts = new Set<string>();
  collect(routes, hosts);
  return [...hosts].filter(wantsCertificate);
}

function collect(routes: readonly unknown[], hosts: Set<string>): void {
  for (const route of routes) {
    for (const set of listOf(route, "match")) {
      for (const host of listOf(set, "host")) if (typeof host === "string") hosts.add(host);
    }
    for (const handler of listOf(route, "handle")) collect(listOf(handler, "routes"), hosts);
  }
}

function listOf(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const list = (value as Record<string, unknown>)[key];
  return Array.isArray(list) ? list : [];
}

/** Caddy's rule: a name without spaces, placeholders and odd wildcards, or an address. */
function wantsCertificate(host: string): boolean {
  if (host.trim() === "" || /[\s{}"()/\\]/.test(host)) return false;
  const labels = host.split(".");
  return !host.includes("*") || (labels[0] === "*" && labels.length > 2 && !labels.slice(1).join(".").includes("*"));
}
