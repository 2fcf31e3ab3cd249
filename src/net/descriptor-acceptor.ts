import {
  acceptPending,
  type DescriptorGuard,
  freeDescriptors,
  type Readiness,
  stopBlocking,
  watchReadiness,
} from "../sys/index.ts";

/** Connections that are accepted in one turn of the loop: the rest of the process has its turn between them. */
const TURN_MAX = 64;

/** Takes a descriptor that was accepted, non-blocking, which is its own from then on. Must not throw. */
export type OnDescriptor = (fd: number) => void;

/** Accepts connections of a listening socket as descriptors, until `stop`. */
export class DescriptorAcceptor {
  private readonly fd: number;
  private readonly guard: DescriptorGuard;
  private readonly onDescriptor: OnDescriptor;
  private readonly readiness: Readiness;

  /** Throws SystemError. */
  constructor(fd: number, guard: DescriptorGuard, onDescriptor: OnDescriptor) {
    // One that was inherited may.
    stopBlocking(fd);
    this.fd = fd;
    this.guard = guard;
    this.onDescriptor = onDescriptor;
    this.readiness = watchReadiness(fd, () => this.ready(), true);
  }

  /** Leaves what comes in the system's queue. */
  stop(): void {
    this.readiness.close();
  }

  private ready(): void {
    // Each may have another one opened for it, which the other half of the reserve is for.
    const accepted = acceptPending(this.fd, Math.min(TURN_MAX, this.guard.reserve >> 1));
    for (const fd of accepted) {
      this.guard.took(fd);
      this.onDescriptor(fd);
    }
    // Otherwise the loop would be woken again and again by what cannot be accepted.
    if (accepted.length === 0 && freeDescriptors(1) === 0) this.guard.ranOut();
  }
}
