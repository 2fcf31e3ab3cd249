import { AddrPort } from "../../../addr/index.ts";
import { copyRange } from "../../../bytes/index.ts";
import type { Exchange } from "../../../http/message/index.ts";
import type { LineBuffer } from "../../../log/index.ts";
import type { Endpoint } from "../../../net/index.ts";
import { writeRequestFields } from "./header-json.ts";

/** Writes what an access line says of a request, as a JSON object. */
export function writeRequest(buffer: LineBuffer, exchange: Exchange, credentials: boolean): void {
  writeRemote(buffer, exchange.remote);
  writeOpening(buffer, exchange.protocol, exchange.originalMethod, exchange.originalHost);
  buffer.jsonString(exchange.originalTarget);
  buffer.ascii(',"headers":');
  writeRequestFields(buffer, exchange.fields, credentials);
  buffer.byte(0x7d);
}

/** The JSON of remotes seen lately, by the lower bits of their ports: a connection has one remote for all of its requests. */
const REMOTE_SLOTS = 1024;
const remotes: (AddrPort | undefined)[] = Array.from({ length: REMOTE_SLOTS });
const remoteJson: (Uint8Array | undefined)[] = Array.from({ length: REMOTE_SLOTS });

function writeRemote(buffer: LineBuffer, remote: Endpoint): void {
  if (!(remote instanceof AddrPort)) {
    buffer.ascii('{"remote_ip":"","remote_port":"","client_ip":""');
    return;
  }
  const slot = remote.port % REMOTE_SLOTS;
  const known = remoteJson[slot];
  if (known !== undefined && remotes[slot] === remote) {
    buffer.raw(known);
    return;
  }
  const from = buffer.length;
  writeAddrPort(buffer, remote);
  remotes[slot] = remote;
  remoteJson[slot] = buffer.bytes.slice(from, buffer.length);
}

function writeAddrPort(buffer: LineBuffer, remote: AddrPort): void {
  const ip = remote.addr.toString();
  buffer.ascii('{"remote_ip":');
  buffer.jsonString(ip);
  buffer.ascii(',"remote_port":"');
  buffer.number(remote.port);
  buffer.ascii('","client_ip":');
  buffer.jsonString(ip);
}

/** What was last written between a remote and its target, and of what: most requests of a server ask one host in one way. */
const opening = new Uint8Array(256);
let openingLength = 0;
let openingProtocol = "";
let openingMethod = "";
let openingHost = "";

function writeOpening(buffer: LineBuffer, protocol: string, method: string, host: string): void {
  if (openingLength > 0 && host === openingHost && method === openingMethod && protocol === openingProtocol) {
    buffer.raw(opening, openingLength);
    return;
  }
  const from = buffer.length;
  buffer.ascii(',"proto":');
  buffer.jsonString(protocol);
  buffer.ascii(',"method":');
  buffer.jsonString(method);
  buffer.ascii(',"host":');
  buffer.jsonString(host);
  buffer.ascii(',"uri":');
  const length = buffer.length - from;
  if (length > opening.length) return;
  copyRange.call(buffer.bytes, opening, 0, from, buffer.length);
  openingLength = length;
  openingProtocol = protocol;
  openingMethod = method;
  openingHost = host;
}
