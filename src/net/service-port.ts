import { readFile } from "node:fs/promises";
import { servicePort, type ServiceProtocol, Services, tryParsePort } from "../addr/index.ts";
import { NetError } from "./net-error.ts";

/** What a port belongs to, for errors. */
export interface PortOf {
  readonly op: string;
  readonly network: string;
  readonly address: string;
  readonly protocol: ServiceProtocol;
  /** The least number that is one. */
  readonly least: 0 | 1;
}

let system: Promise<Services> | undefined;

/**
 * The port that a text names: a number, or a service such as "http" by /etc/services, which is read once, and then by IANA's registry. Throws NetError EINVAL for what is
 * neither.
 */
export async function portOf(text: string, of: PortOf): Promise<number> {
  const number = tryParsePort(text);
  if (number !== undefined && number >= of.least) return number;
  if (!/[a-z]/i.test(text))
    throw refusal(of, `the port ${JSON.stringify(text)} is no number from ${of.least} to 65535`);
  const named = await serviceOf(text, of.protocol);
  if (named !== undefined) return named;
  throw refusal(of, `the port ${JSON.stringify(text)} is no number, and no ${of.protocol} service has that name`);
}

async function serviceOf(name: string, protocol: ServiceProtocol): Promise<number | undefined> {
  system ??= readServices();
  return (await system).port(name, protocol) ?? servicePort(name, protocol);
}

/** A system without the file has no names of its own. */
async function readServices(): Promise<Services> {
  try {
    return Services.parse(await readFile("/etc/services", "utf8"));
  } catch {
    return Services.parse("");
  }
}

function refusal({ address, network, op }: PortOf, hint: string): NetError {
  return new NetError({ op, network, address, code: "EINVAL", hint });
}
