import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { Misuse } from "../misuse.ts";

/** `netwright lab exec`: runs a command in another host of the lab that this process is in. Resolves to its exit code. */
export async function labExec(host: string, command: readonly string[]): Promise<number> {
  const variable = `LAB_NETWORK_${host.toUpperCase()}`;
  const network = process.env[variable];
  if (process.env["LAB_HOSTS"] === undefined) {
    throw new Misuse("lab exec works in a lab: in a command, such as a shell, that `netwright lab run` started");
  }
  if (network === undefined)
    throw new Misuse(`this lab has no host ${JSON.stringify(host)}: it has ${process.env["LAB_HOSTS"]}`);
  const child = spawn("nsenter", [`--net=${network}`, "--", ...command], {
    stdio: "inherit",
    env: { ...process.env, LAB_HOST: host },
  });
  const ignore = (): void => undefined;
  process.on("SIGINT", ignore);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + constants.signals[signal!];
}
