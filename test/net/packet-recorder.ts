import type { NetError, Packet, PacketSink } from "../../src/net/index.ts";

/** A sink of packets that keeps what it was told, and lets a test wait for it. */
export class PacketRecorder implements PacketSink {
  /** What happened, in order: a packet by its text, "drain", "timeout", "error CODE", "close". */
  readonly events: string[] = [];
  /** Called for each event, after it was kept. */
  onEvent: ((event: string, packet?: Packet) => void) | undefined = undefined;
  private waiters: { readonly when: () => boolean; readonly resolve: () => void }[] = [];

  packet(packet: Packet): void {
    this.keep(new TextDecoder().decode(packet.data), packet);
  }

  drain(): void {
    this.keep("drain");
  }

  error(error: NetError): void {
    this.keep(`error ${error.code}`);
  }

  close(error?: NetError): void {
    this.keep(error === undefined ? "close" : `close ${error.code}`);
  }

  timeout(): void {
    this.keep("timeout");
  }

  /** Resolves when the condition holds; looked at after every event. */
  async until(when: () => boolean): Promise<void> {
    if (when()) return;
    await new Promise<void>((resolve) => void this.waiters.push({ when, resolve }));
  }

  async heard(event: string): Promise<void> {
    await this.until(() => this.events.includes(event));
  }

  private keep(event: string, packet?: Packet): void {
    this.events.push(event);
    this.onEvent?.(event, packet);
    const ready = this.waiters.filter(({ when }) => when());
    this.waiters = this.waiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  }
}
