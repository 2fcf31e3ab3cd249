import { spawnSync } from "node:child_process";
import { closeSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enterNetworkNamespace, makeNetworkNamespace, openTapDevice } from "../sys/index.ts";
import type { Carrier } from "./carrier.ts";
import type { Answer, Request, Step, TapName } from "./step.ts";

/** Holds the networks of a lab by their descriptors and does the steps that make and change them. When its process ends, all of them vanish. */
export class Keeper {
  private readonly carrier: Carrier;
  private readonly networks = new Map<string, number>();
  private readonly taps = new Map<string, number>();

  constructor(carrier: Carrier) {
    this.carrier = carrier;
  }

  /** Does what a request asks. What goes wrong is in the answer. */
  answer(request: Request): Answer {
    try {
      if (request.ask === "netem") return { netem: this.hasNetem() };
      if (request.ask === "counters") return { counters: this.carrier.counters(request.cable) };
      for (const step of request.steps) this.do(step);
      return { networks: Object.fromEntries(this.networks) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  }

  private do(step: Step): void {
    switch (step.do) {
      case "network":
        this.networks.set(step.name, makeNetworkNamespace());
        break;
      case "sysctl":
        this.enter(step.network);
        for (const [path, value] of Object.entries(step.values)) setSysctl(path, value);
        break;
      case "ip":
      case "tc":
        this.enter(step.network);
        run(step.do, ["-batch", "-"], step.lines.map((line) => this.withPaths(line)).join("\n"));
        break;
      case "nft":
        this.enter(step.network);
        run("nft", ["-f", "-"], step.script);
        break;
      case "tap":
        this.openTap(step);
        break;
      case "carry":
        this.carrier.carry(step.cable, { ...step, descriptors: [this.tap(step.ends[0]), this.tap(step.ends[1])] });
        break;
      case "set":
        this.carrier.set(step.cable, step.forth, step.back);
        break;
      case "up":
        this.carrier.setUp(step.cable, step.up);
        break;
      case "names":
        nameHosts(step.text);
        break;
    }
  }

  private enter(network: string): void {
    const fd = this.networks.get(network);
    if (fd === undefined) throw new Error(`there is no network ${network}`);
    enterNetworkNamespace(fd);
  }

  /** `ip` takes a path where it takes a name of a network. */
  private withPaths(line: string): string {
    return line.replace(/\{([^}]+)\}/g, (_, name: string) => `/proc/${process.pid}/fd/${this.networks.get(name)}`);
  }

  private openTap({ network, device }: TapName): void {
    this.enter(network);
    try {
      this.taps.set(`${network}/${device}`, openTapDevice(device));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(
        `a link with delay or loss needs ${this.hasNetem() ? "" : "the kernel's netem, which is missing here, or "}/dev/net/tun: ${why}`,
        { cause: error },
      );
    }
  }

  private tap({ network, device }: TapName): number {
    const fd = this.taps.get(`${network}/${device}`);
    if (fd === undefined) throw new Error(`there is no TAP device ${device} in ${network}`);
    return fd;
  }

  private hasNetem(): boolean {
    const fd = makeNetworkNamespace();
    try {
      return spawnSync("tc", "qdisc add dev lo root netem delay 1ms".split(" "), { stdio: "ignore" }).status === 0;
    } finally {
      closeSync(fd);
    }
  }
}

/** A value that this kernel does not have (IPv6 switched off, an older one) or that a user's own namespace may not set is passed over. */
function setSysctl(path: string, value: string): void {
  try {
    writeFileSync(join("/proc/sys", path), value);
  } catch (error) {
    if (error instanceof Error && "code" in error && /^(?:ENOENT|EINVAL|EPERM|EACCES)$/.test(String(error.code)))
      return;
    throw error;
  }
}

function run(program: string, args: readonly string[], input: string): void {
  const { error, status, stderr } = spawnSync(program, args, { input: `${input}\n`, encoding: "utf8" });
  if (error !== undefined) throw new Error(`${program} cannot be run (${error.message}): install ${PACKAGES[program]}`);
  if (status !== 0) throw new Error(`${program} failed: ${stderr.trim()}; it was told:\n${input}`);
}

const PACKAGES: Readonly<Record<string, string>> = {
  ip: "iproute2",
  tc: "iproute2",
  nft: "nftables",
  mount: "util-linux",
  umount: "util-linux",
};

/**
 * Puts the names before those of /etc/hosts, for this mount namespace alone. Their file lies in memory that is mounted over a folder for a moment, in this namespace too, so that none is left behind however
 * this process ends; the mount on /etc/hosts keeps it.
 */
function nameHosts(text: string): void {
  const known = readFileSync("/etc/hosts", "utf8");
  const folder = tmpdir();
  run("mount", ["-t", "tmpfs", "-o", "mode=0755", "netwright-lab", folder], "");
  try {
    const file = join(folder, "hosts");
    writeFileSync(file, text + known, { mode: 0o644 });
    run("mount", ["--bind", file, "/etc/hosts"], "");
  } finally {
    run("umount", [folder], "");
  }
}
