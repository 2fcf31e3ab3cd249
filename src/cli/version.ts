import packageJson from "../../package.json" with { type: "json" };

/** What `netwright version` prints. */
export function version(): string {
  return `netwright ${packageJson.version} (bun ${process.versions.bun ?? "none"})`;
}
