import type { Clock, Random, Timer } from "../../clock/index.ts";
import type { Conn } from "../../net/index.ts";
import { DatagramReceiver } from "./datagram-receiver.ts";
import { DatagramSender, type DatagramWay } from "./datagram-sender.ts";
import type { ClientMessage, Direction, IntervalFigures, ServerMessage, TestPlan } from "./message-wire.ts";
import { JOIN_MS, SPEED_VERSION } from "./speed-limits.ts";
import { type LoadReceiver, StreamReceiver } from "./stream-receiver.ts";
import { type LoadSender, StreamSender } from "./stream-sender.ts";
import type { UdpDesk } from "./udp-desk.ts";

/** What a session stands on. */
export interface ServerSessionInit {
  readonly plan: TestPlan;
  readonly clock: Clock;
  readonly random: Random;
  readonly desk: UdpDesk;
  readonly send: (message: ServerMessage) => void;
  /** Ends the control connection; with the reason that the client is told. */
  readonly close: (error?: Error) => void;
}

/** The server's side of one test, from the plan to its end. Whatever happens to the control connection, `end` leaves nothing of it. */
export class ServerSession {
  readonly cookie: string;
  /** Of each stream: those of the plan's first direction, then those of the second. */
  readonly ids: readonly number[];
  private readonly init: ServerSessionInit;
  private readonly conns: (Conn | undefined)[];
  private readonly ways: (DatagramWay | undefined)[];
  private receiver: LoadReceiver | undefined = undefined;
  private sender: LoadSender | undefined = undefined;
  private phase: "joining" | "joined" | "running" | "over" = "joining";
  private limit: Timer;
  private telling: Timer | undefined = undefined;
  /** Directions whose figures were not told yet. */
  private left: number;

  constructor(init: ServerSessionInit) {
    const { clock, desk, plan, random } = init;
    this.init = init;
    this.left = plan.directions.length;
    this.cookie = random.bytes(16).toHex();
    this.ids = newIds(plan.directions.length * plan.streams, desk);
    this.conns = this.ids.map(() => undefined);
    this.ways = this.ids.map(() => undefined);
    this.limit = clock.setTimer(() => this.tooLate(), JOIN_MS);
    if (plan.protocol === "udp") this.ids.forEach((id, place) => this.openDesk(id, place));
    init.send({ kind: "ready", version: SPEED_VERSION, cookie: this.cookie, ids: this.ids });
  }

  /** Whether the client has been told everything. */
  get finished(): boolean {
    return this.left === 0;
  }

  /** A TCP stream shows its number. False when there is no such one to join. */
  join(id: number, conn: Conn): boolean {
    const place = this.ids.indexOf(id);
    const { phase } = this;
    if (phase !== "joining" || this.init.plan.protocol !== "tcp" || place === -1 || this.conns[place] !== undefined)
      return false;
    this.conns[place] = conn;
    if (this.conns.every((one) => one !== undefined)) this.allJoined();
    return true;
  }

  /** The client says something. Throws when it is not its turn. */
  take(message: ClientMessage): void {
    if (message.kind === "go" && this.phase === "joined") this.run();
    else if (message.kind === "sent" && this.receiver !== undefined) this.receiver.senderStopped(message.figures);
    else throw new Error(`"${message.kind}" is out of turn`);
  }

  /** Stops everything that runs and closes all streams. */
  end(): void {
    this.phase = "over";
    this.init.clock.clearTimer(this.limit);
    this.stopTelling();
    this.receiver?.stop();
    this.sender?.stop();
    for (const conn of this.conns) conn?.abort();
    for (const id of this.ids) this.init.desk.remove(id);
  }

  private openDesk(id: number, place: number): void {
    this.init.desk.add({
      id,
      cookie: this.cookie,
      onOpen: (way) => {
        this.ways[place] = way;
        if (this.ways.every((one) => one !== undefined)) this.allJoined();
      },
      onData: (view) => {
        if (this.receiver instanceof DatagramReceiver) this.receiver.take(place % this.init.plan.streams, view);
      },
    });
  }

  private allJoined(): void {
    this.phase = "joined";
    this.waitAtMost(JOIN_MS);
    this.init.send({ kind: "joined" });
  }

  private run(): void {
    this.phase = "running";
    this.init.clock.clearTimer(this.limit);
    for (const direction of this.init.plan.directions) {
      if (direction === "up") this.receive();
      else this.give();
    }
  }

  private receive(): void {
    const { clock, plan, send } = this.init;
    const init = {
      plan,
      clock,
      onInterval: (figures: IntervalFigures): void => send({ kind: "interval", direction: "up", figures }),
    };
    this.receiver =
      plan.protocol === "tcp" ? new StreamReceiver(this.streamsOf("up", this.conns), init) : new DatagramReceiver(init);
    void this.receiver.done.then((figures) => {
      if (this.phase === "over") return;
      send({ kind: "received", direction: "up", figures });
      this.told();
    });
  }

  private give(): void {
    const { clock, close, plan, random, send } = this.init;
    const init = { plan, clock, block: random.bytes(plan.lengthBytes) };
    this.sender =
      plan.protocol === "tcp"
        ? new StreamSender(this.streamsOf("down", this.conns), init)
        : new DatagramSender(this.streamsOf("down", this.ways), init);
    if (plan.protocol === "tcp") this.tellState();
    this.sender.done.then(
      (figures) => {
        if (this.phase === "over") return;
        this.stopTelling();
        send({ kind: "sent", direction: "down", figures });
        this.told();
      },
      (error: unknown) => close(error instanceof Error ? error : new Error(String(error))),
    );
  }

  /** Twice an interval, so that the client has a fresh one for each. */
  private tellState(): void {
    const { clock, plan, send } = this.init;
    this.telling = clock.setTimer(() => {
      const tcp = this.sender?.state();
      if (tcp !== undefined) send({ kind: "state", direction: "down", tcp });
      this.tellState();
    }, plan.intervalMs / 2);
  }

  private stopTelling(): void {
    if (this.telling !== undefined) this.init.clock.clearTimer(this.telling);
    this.telling = undefined;
  }

  /** All is said: the client closes the connection. */
  private told(): void {
    this.left--;
    if (this.left === 0 && this.phase === "running") this.waitAtMost(JOIN_MS);
  }

  /** All that have joined are there when this is asked. */
  private streamsOf<Stream>(direction: Direction, all: readonly (Stream | undefined)[]): Stream[] {
    const { directions, streams } = this.init.plan;
    const start = directions.indexOf(direction) * streams;
    return all.slice(start, start + streams).filter((one) => one !== undefined);
  }

  private waitAtMost(ms: number): void {
    this.init.clock.clearTimer(this.limit);
    this.limit = this.init.clock.setTimer(() => this.tooLate(), ms);
  }

  private tooLate(): void {
    const waited = { joining: "all streams", joined: '"go"', running: "the end", over: "the end" }[this.phase];
    this.init.close(new Error(`waited ${JOIN_MS / 1000} s in vain for ${waited}`));
  }
}

function newIds(count: number, desk: UdpDesk): number[] {
  const ids = new Set<number>();
  while (ids.size < count) ids.add(desk.newId());
  return [...ids];
}
