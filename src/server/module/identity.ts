/** JSON with its keys sorted and without spaces: the same text for the same config, however it was written. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(",")}}`;
}

/** The identity of a module (see ModuleDefinition): SHA-256 in hexadecimal of what decides how it behaves. */
export function moduleIdentity(of: {
  readonly id: string;
  readonly config: unknown;
  readonly fileHash: string | undefined;
  readonly baseDir: string;
}): string {
  const text = canonicalJson([of.id, of.fileHash ?? null, of.baseDir, of.config ?? null]);
  // Most starts need no identity, and are spared the 6 ms that loading node:crypto takes.
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(text).digest("hex");
}
