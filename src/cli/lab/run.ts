import { constants } from "node:os";
import { Lab, type LabProcess, layOut, type ProcessEnd } from "../../lab/index.ts";
import { Misuse } from "../misuse.ts";
import { explain } from "./explain.ts";
import { type TopologyFlags, topologyOf } from "./topology-flags.ts";

/** The flags of `lab run`. */
export interface LabRunFlags extends TopologyFlags {
  readonly host?: string;
  /** Commands that run in other hosts meanwhile, as "b: iperf3 -s". */
  readonly on?: readonly string[];
  readonly seed?: string;
  readonly driver?: "kernel" | "userspace";
}

const FORWARDED: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGINT", "SIGUSR1", "SIGUSR2"];

/** `netwright lab run`: makes a lab, runs a command in one of its hosts and resolves to its exit code, or 128 and the number of the signal that ended it. */
export async function labRun(shape: string, command: readonly string[], flags: LabRunFlags): Promise<number> {
  const topology = explain(() => topologyOf(shape, flags));
  const { hosts } = explain(() => layOut(topology));
  const others = (flags.on ?? []).map(parseOn);
  if (flags.host !== undefined) checkHost("--host", flags.host, hosts);
  for (const { name } of others) checkHost("--on", name, hosts);
  const [program = shell(), ...args] = command;
  const seed = flags.seed === undefined ? {} : { seed: seedOf(flags.seed) };
  await using lab = await Lab.create(topology, {
    ...seed,
    ...(flags.driver === undefined ? {} : { driver: flags.driver }),
  });
  const host = flags.host === undefined ? lab.hosts[0]! : lab.host(flags.host);
  for (const { name, script } of others) {
    lab.host(name).spawn(["sh", "-c", script], { stdio: ["ignore", "inherit", "inherit"] });
  }
  return await waitFor(host.spawn([program, ...args], { stdio: "inherit" }));
}

async function waitFor(child: LabProcess): Promise<number> {
  const handlers = FORWARDED.map((signal) => [signal, (): void => forward(child, signal)] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  try {
    return codeOf(await child.exited);
  } finally {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  }
}

/** Ctrl-C on a terminal has gone to the command as well: it would hear it twice. */
function forward(child: LabProcess, signal: NodeJS.Signals): void {
  if (signal === "SIGINT" && process.stdin.isTTY) return;
  child.kill(signal);
}

function codeOf({ exitCode, signal }: ProcessEnd): number {
  return exitCode ?? 128 + (signal === undefined ? 0 : constants.signals[signal]);
}

function shell(): string {
  return process.env["SHELL"] ?? "sh";
}

function checkHost(flag: string, name: string, hosts: readonly { readonly name: string }[]): void {
  if (hosts.every((host) => host.name !== name))
    throw new Misuse(
      `${flag}: there is no host ${JSON.stringify(name)}; there are ${hosts.map((host) => host.name).join(", ")}`,
    );
}

function parseOn(text: string): { readonly name: string; readonly script: string } {
  const found = /^\s*([a-z][a-z0-9]*)\s*:\s*(\S.*)$/s.exec(text);
  if (found === null) throw new Misuse(`--on: write a host and a command, "b: iperf3 -s", not ${JSON.stringify(text)}`);
  return { name: found[1]!, script: found[2]! };
}

function seedOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Misuse(`--seed: a whole number, not ${JSON.stringify(text)}`);
}
