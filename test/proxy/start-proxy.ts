import { realClock, realRandom } from "../../src/clock/index.ts";
import { type HttpServer, serveExchanges } from "../../src/http/server/index.ts";
import { listen } from "../../src/net/index.ts";
import {
  bindHandler,
  compileTemplate,
  type HandlerInstance,
  Loader,
  type ModuleDefinition,
  Registry,
  UsagePool,
} from "../../src/server/module/index.ts";
import { httpTransport, reverseProxy, selectionPolicies } from "../../src/server/modules/reverse-proxy/index.ts";

const definitions = [reverseProxy, httpTransport, ...selectionPolicies] as readonly unknown[];
const ignore = (): void => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

type Upstreams = { readonly upstreams: readonly string[] } & Readonly<Record<string, unknown>>;

/** A server of ours with nothing but a reverse proxy on it. */
export class TestProxy implements AsyncDisposable {
  /** What its exchanges ended with, in order: undefined for a whole response. */
  readonly outcomes: unknown[] = [];
  private readonly loader: Loader;
  private server: HttpServer | undefined = undefined;

  private constructor(loader: Loader) {
    this.loader = loader;
  }

  /** `config` is that of the handler, without its name and with its upstreams as addresses. */
  static async start(config: Upstreams): Promise<TestProxy> {
    const loader = new Loader({
      registry: new Registry(definitions as readonly ModuleDefinition[]),
      clock: realClock,
      random: realRandom,
      usage: new UsagePool(),
      baseDir: "/",
      logFor: () => silent,
      compileTemplate,
    });
    const own = { handler: "reverse_proxy", ...config, upstreams: config.upstreams.map((dial) => ({ dial })) };
    const handler = (await loader.load("http.handlers", own, { inlineKey: "handler" })) as HandlerInstance;
    const proxy = new TestProxy(loader);
    proxy.server = serveExchanges(
      await listen("tcp", "127.0.0.1:0"),
      bindHandler(handler, () => undefined),
      {
        onError: () => undefined,
        onExchange: (exchange) => exchange.onFinish((_, error) => proxy.outcomes.push(error)),
      },
    );
    return proxy;
  }

  get port(): number {
    return Number(this.server!.local.toString().split(":").at(-1));
  }

  /** The URL of a path on it. */
  url(path = "/"): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server?.close();
    await this.loader.cleanup();
  }
}
