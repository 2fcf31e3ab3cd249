import type { Listener } from "../../net/index.ts";
import { closeDescriptor, duplicateDescriptor } from "../../sys/index.ts";
import { formatListenAddress, type ListenAddress } from "../config/index.ts";
import { DeputyListener } from "./deputy-listener.ts";
import { openListener } from "./open-listener.ts";
import type { HandedSocket } from "./worker-message.ts";

/** The listening sockets that a worker was handed by its supervisor. */
export class HandedSockets {
  private readonly own: readonly HandedSocket[];
  private readonly spares: readonly HandedSocket[];
  private readonly deputies: DeputyListener[] = [];

  /** `spares` are those of the worker that this one is deputy of. */
  constructor(own: readonly HandedSocket[], spares: readonly HandedSocket[]) {
    this.own = own;
    this.spares = spares;
  }

  /** The listener of one of the addresses that sockets were handed for. Throws NetError. */
  async listen(address: ListenAddress): Promise<Listener> {
    const name = formatListenAddress(address);
    const own = this.own.find((socket) => socket.address === name);
    if (own === undefined) throw new Error(`the supervisor handed over no socket for ${name}`);
    const listener = await openListener(address, own.fd);
    const spare = this.spares.find((socket) => socket.address === name);
    if (spare === undefined) return listener;
    const deputy = new DeputyListener(listener, {
      open: async () => openListener(address, duplicateDescriptor(spare.fd)),
      close: () => closeDescriptor(spare.fd),
    });
    this.deputies.push(deputy);
    return deputy;
  }

  /** Serves the spares, too. */
  async adopt(): Promise<void> {
    await Promise.all(this.deputies.map((deputy) => deputy.adopt()));
  }

  /** Leaves the spares to their own worker. */
  async release(): Promise<void> {
    await Promise.all(this.deputies.map((deputy) => deputy.release()));
  }
}
