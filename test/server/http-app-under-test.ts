import { seededRandom, SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import { JsonEncoder, Logger, LogSink } from "../../src/log/index.ts";
import type { Conn } from "../../src/net/index.ts";
import { type App, httpApp } from "../../src/server/apps/index.ts";
import { formatListenAddress } from "../../src/server/config/index.ts";
import { compileTemplate, Loader, type ModuleDefinition, Registry, UsagePool } from "../../src/server/module/index.ts";
import { standardModules } from "../../src/server/modules/index.ts";
import { PipeListener } from "./pipe-listener.ts";

type LogLine = Readonly<Record<string, unknown>>;

/** The http app with every standard module, in memory, on a clock that stands still. */
export class HttpAppUnderTest {
  readonly clock: SimulatedClock = new SimulatedClock();
  /** What was logged, newest last. */
  readonly logged: LogLine[] = [];
  /** By the address as the config's `listen` makes it. */
  readonly listeners: Map<string, PipeListener> = new Map();
  readonly loader: Loader;
  private readonly wheel: TimerWheel = new TimerWheel(this.clock, 10);

  private constructor(modules: readonly ModuleDefinition[]) {
    const logger = new Logger(
      [{ level: "debug", encoder: new JsonEncoder(), sink: this.sink(), include: [], exclude: [] }],
      () => this.clock.wallNow(),
    );
    const app = httpApp({
      logger,
      listen: async (address) => {
        const listener = new PipeListener(this.wheel);
        this.listeners.set(formatListenAddress(address), listener);
        return listener;
      },
    });
    this.loader = new Loader({
      registry: new Registry([...standardModules, app, ...modules] as readonly ModuleDefinition[]),
      clock: this.clock,
      random: seededRandom(1),
      usage: new UsagePool(),
      baseDir: "/nowhere",
      compileTemplate,
      logFor: (id) => logger.named(id),
    });
  }

  /** Provisions `apps.http`; nothing is started. Throws what the loader throws. */
  static async provision(
    http: object,
    modules: readonly ModuleDefinition[] = [],
  ): Promise<{ readonly test: HttpAppUnderTest; readonly app: App }> {
    const test = new HttpAppUnderTest(modules);
    try {
      const app = (await test.loader.load("", http, { name: "http" }, "apps", "http")) as App;
      await test.loader.validate();
      return { test, app };
    } catch (error) {
      await test.loader.cleanup();
      throw error;
    }
  }

  /** A started app with one server of these routes, error routes and other keys, on `:80`. */
  static async serve(
    routes: readonly unknown[],
    more: {
      readonly errors?: readonly unknown[];
      readonly server?: object;
      readonly modules?: readonly ModuleDefinition[];
    } = {},
  ): Promise<HttpAppUnderTest> {
    const errors = more.errors === undefined ? undefined : { errors: { routes: more.errors } };
    const server = { listen: [":80"], routes, ...errors, ...more.server };
    const { test } = await HttpAppUnderTest.provision({ servers: { s: server } }, more.modules);
    await test.loader.start();
    return test;
  }

  /**
   * What comes back for a request, without Date and Server: `GET /path` and further field lines. Host and an end of the connection are added. A request
   * that ends its head itself goes out as it is.
   */
  async ask(request: string, address = ":80"): Promise<string> {
    const [line = "", ...fields] = request.split("\r\n");
    const host = /\r\nhost:/i.test(request) ? [] : ["Host: example.com"];
    const whole = [`${line} HTTP/1.1`, ...host, "Connection: close", ...fields, "", ""].join("\r\n");
    const received = this.send(request.includes("\r\n\r\n") ? request : whole, address);
    await received.end;
    return received.text.replaceAll(/(?:Date|Server|Connection): [^\r]*\r\n/g, "");
  }

  /** Sends bytes on a connection of their own; what comes back gathers in the result. */
  send(bytes: string, address = ":80"): Received {
    const listener = this.listeners.get(address);
    if (listener === undefined) throw new Error(`nobody listens at ${address}: ${[...this.listeners.keys()].join()}`);
    return new Received(listener.connect(), bytes);
  }

  /** Its body. */
  async body(request: string): Promise<string> {
    const answer = await this.ask(request);
    return answer.slice(answer.indexOf("\r\n\r\n") + 4);
  }

  async stop(): Promise<void> {
    await this.loader.cleanup();
  }

  private sink(): LogSink {
    return new LogSink(
      (bytes, start, length) => {
        const lines = new TextDecoder().decode(bytes.subarray(start, start + length)).split("\n");
        this.logged.push(...lines.filter(Boolean).map((line) => JSON.parse(line) as LogLine));
        return length;
      },
      { defer: (flush) => queueMicrotask(flush) },
    );
  }
}

/** What comes back on one connection. */
class Received {
  text = "";
  closed = false;
  /** Resolves when the connection has closed. */
  readonly end: Promise<void>;

  constructor(conn: Conn, request: string) {
    this.end = new Promise((resolve) => {
      conn.attach({
        data: (chunk) => void (this.text += new TextDecoder("latin1").decode(chunk)),
        drain: () => undefined,
        end: () => void conn.close(),
        close: () => {
          this.closed = true;
          resolve();
        },
        timeout: () => undefined,
      });
    });
    conn.send(Buffer.from(request, "latin1"));
    conn.flush();
  }
}
