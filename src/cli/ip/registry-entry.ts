import type { SpecialPurpose } from "../../addr/index.ts";

/** An entry of IANA's special-purpose registries as `--json` prints it: null where the registry has N/A. */
export interface RegistryEntry {
  readonly block: string;
  readonly name: string;
  readonly rfc: string;
  readonly allocated: string;
  readonly terminated?: string;
  readonly source: boolean | null;
  readonly destination: boolean | null;
  readonly forwardable: boolean | null;
  readonly globallyReachable: boolean | null;
  readonly reservedByProtocol: boolean | null;
  readonly note?: string;
}

/** The entry as `--json` prints it. */
export function registryEntry(entry: SpecialPurpose): RegistryEntry {
  const { block, name, rfc, allocated, terminated, note } = entry;
  return {
    block,
    name,
    rfc,
    allocated,
    ...(terminated === undefined ? undefined : { terminated }),
    source: entry.source ?? null,
    destination: entry.destination ?? null,
    forwardable: entry.forwardable ?? null,
    globallyReachable: entry.globallyReachable ?? null,
    reservedByProtocol: entry.reservedByProtocol ?? null,
    ...(note === undefined ? undefined : { note }),
  };
}

/** The rows of a table that tell of an entry: what it is, what it allows, its note. */
export function registryRows(entry: RegistryEntry): [label: string, value: string][] {
  const end = entry.terminated === undefined ? "" : `, until ${entry.terminated}`;
  const rows: [string, string][] = [
    ["registry", `${entry.name}: ${entry.block}, ${entry.rfc}, since ${entry.allocated}${end}`],
    [
      "allows",
      `source ${word(entry.source)}, destination ${word(entry.destination)}, forwarding ${word(entry.forwardable)}`,
    ],
    ["", `globally reachable ${word(entry.globallyReachable)}, reserved by protocol ${word(entry.reservedByProtocol)}`],
  ];
  if (entry.note !== undefined) rows.push(["", entry.note]);
  return rows;
}

function word(attribute: boolean | null): string {
  return attribute === null ? "n/a" : attribute ? "yes" : "no";
}
