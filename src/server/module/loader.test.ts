import { beforeEach, describe, expect, test } from "bun:test";
import * as z from "zod/mini";
import { seededRandom, SimulatedClock } from "../../clock/index.ts";
import type { Exchange, Next } from "../../http/message/index.ts";
import type { ModuleDefinition } from "./definition.ts";
import type { HandlerInstance, Instance, MatcherInstance } from "./instance.ts";
import { Loader } from "./loader.ts";
import type { ProvisionContext } from "./provision-context.ts";
import { type RegisteredModule, Registry } from "./registry.ts";
import { UsagePool } from "./usage-pool.ts";

/** What happened, in order: `+name` provisioned, `?name` validated, `>name` started, `-name` cleaned up. */
const life: string[] = [];
const logged: string[] = [];
beforeEach(() => {
  life.length = 0;
  logged.length = 0;
});

const CONFIG = z.strictObject({
  name: z.string(),
  children: z.optional(z.array(z.unknown())),
  fails: z.optional(z.string()),
});
type Config = z.infer<typeof CONFIG>;

class Part implements Instance {
  readonly name: string;
  readonly context: ProvisionContext;
  readonly children: Part[] = [];
  private readonly fails: string | undefined;

  constructor({ name, fails }: Config, context: ProvisionContext) {
    this.name = name;
    this.context = context;
    this.fails = fails;
  }

  validate(): void {
    this.step("?", "validate");
  }

  async start(): Promise<void> {
    this.step(">", "start");
  }

  async cleanup(): Promise<void> {
    this.step("-", "cleanup");
  }

  private step(mark: string, name: string): void {
    life.push(mark + this.name);
    if (this.fails === name) throw new Error(`${this.name} fails to ${name}`);
  }
}

const part: ModuleDefinition<Config, Part> = {
  id: "test.part",
  schema: CONFIG,
  planned: { later: "being late" },
  async provision(config, context) {
    const made = new Part(config, context);
    const children = [...(config.children ?? []).entries()];
    const loadChild = async ([i, child]: readonly [number, unknown]): Promise<void> => {
      made.children[i] = (await context.load("test", child, { inlineKey: "kind" }, "children", i)) as Part;
    };
    if (config.fails === "hurry") await Promise.all(children.map(loadChild));
    else for (const child of children) await loadChild(child);
    if (config.fails === "provision") throw new Error("no such luck");
    life.push(`+${config.name}`);
    return made;
  },
};

const slow: ModuleDefinition = {
  id: "test.slow",
  schema: z.strictObject({}),
  async provision() {
    await new Promise((resolve) => setImmediate(resolve));
    life.push("+slow");
    return { cleanup: () => void life.push("-slow") };
  },
};

function loaderOf(
  options: { modules?: readonly (ModuleDefinition | RegisteredModule)[]; after?: Loader; log?: string } = {},
): Loader {
  return new Loader(
    {
      registry: new Registry(options.modules ?? [part, slow]),
      clock: new SimulatedClock(),
      random: seededRandom(1),
      usage: new UsagePool(),
      baseDir: "/base",
      logFor: (id) => {
        const write = (message: string): void => void logged.push(`${options.log ?? "log"} ${id} ${message}`);
        return { debug: write, info: write, warn: write, error: write };
      },
      compileTemplate: (text) => {
        if (text.includes("}{")) throw new Error("a brace is wrong");
        return { source: text, constant: text, evaluate: () => text, evaluateKnown: () => text };
      },
    },
    options.after,
  );
}

const leaf = (name: string, more: object = {}): object => ({ kind: "part", name, ...more });
const tree = (name: string, ...children: object[]): object => ({ name, children });

/** The message that a promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it did not fail");
}

async function load(loader: Loader, config: unknown): Promise<Part> {
  return (await loader.load("test", config, { name: "part" }, "apps", "test")) as Part;
}

describe("Loader", () => {
  test("takes every instance through its life in order, and back in reverse", async () => {
    const loader = loaderOf();
    await load(loader, tree("root", leaf("a"), leaf("b")));
    await loader.validate();
    await loader.start();
    await Promise.all([loader.cleanup(), loader.cleanup()]);
    expect(life.join(" ")).toBe("+a +b +root ?a ?b ?root >a >b >root -root -b -a");
  });

  test("tells the place of what fails, and gives back what was made before it", async () => {
    const loader = loaderOf();
    const config = tree("root", leaf("a"), leaf("b", { fails: "provision" }));
    expect(await failureOf(load(loader, config))).toMatch("apps.test.children[1]: no such luck");
    await loader.cleanup();
    expect(life).toEqual(["+a", "-a"]);
  });

  test("waits in cleanup for what is still being provisioned", async () => {
    const loader = loaderOf();
    const config = { name: "root", fails: "hurry", children: [{ kind: "slow" }, leaf("b", { fails: "provision" })] };
    expect(await failureOf(load(loader, config))).toMatch("children[1]: no such luck");
    await loader.cleanup();
    expect(life).toEqual(["+slow", "-slow"]);
    expect(await failureOf(load(loader, tree("late")))).toMatch("given up");
  });

  test("places what validate throws, and leaves what start throws as it is", async () => {
    const first = loaderOf();
    await load(first, tree("root", leaf("a", { fails: "validate" })));
    expect(await failureOf(first.validate())).toMatch("apps.test.children[0]: a fails to validate");
    await first.cleanup();
    const second = loaderOf();
    await load(second, tree("root", leaf("a", { fails: "start" })));
    expect(await failureOf(second.start())).toMatch(/^a fails to start$/);
    life.length = 0;
    await second.cleanup();
    expect(life).toEqual(["-root", "-a"]);
  });

  test("cleans up everything, whatever throws", async () => {
    const loader = loaderOf();
    await load(loader, tree("root", leaf("a", { fails: "cleanup" }), leaf("b"), leaf("c", { fails: "cleanup" })));
    life.length = 0;
    expect(await failureOf(loader.cleanup())).toMatch("2 modules failed to clean up");
    expect(life).toEqual(["-root", "-c", "-b", "-a"]);
  });

  test.each([
    [{ name: "x", childen: [] }, 'apps.test.childen: unknown key; did you mean "children"?'],
    [{ name: "x", later: 1 }, "apps.test.later: is known to Caddy, but not built here yet (being late); remove it"],
    [tree("x", { name: "y" }), "apps.test.children[0].kind: is missing: it names the module; known: part, slow"],
    [tree("x", { kind: "prat" }), 'apps.test.children[0].kind: there is no test module "prat"; did you mean "part"?'],
    [tree("x", { kind: 5 }), "apps.test.children[0].kind: must be a string, not a number"],
    [{ name: "x", children: ["part"] }, "apps.test.children[0]: must be an object, not a string"],
    [tree("x", { kind: "part", name: 1 }), "apps.test.children[0].name: must be a string, not a number"],
  ])("refuses %j", async (config, message) => {
    expect(await failureOf(load(loaderOf(), config))).toBe(message);
  });

  test("refuses modules that make nothing", async () => {
    const modules = [{ ...part, provision: () => undefined as unknown as Part }];
    expect(await failureOf(load(loaderOf({ modules }), { name: "x" }))).toMatch("must return an object");
  });
});

describe("ProvisionContext of a Loader", () => {
  test("has templates, warnings and errors at their places", async () => {
    const loader = loaderOf();
    const { context } = await load(loader, tree("root"));
    expect(context.template("a").source).toBe("a");
    expect(() => context.template("}{", "dial", 0)).toThrow("apps.test.dial[0]: a brace is wrong");
    context.warn("is old", "name");
    context.warn("is old", "name");
    expect(loader.warnings).toEqual(["apps.test.name: is old"]);
    expect(await failureOf(context.load("test", leaf("late"), { inlineKey: "kind" }))).toMatch(
      "after it was provisioned",
    );
  });

  test("loads handlers, matcher sets and routes, cheap matchers first", async () => {
    const asked: string[] = [];
    const matcher = (name: string): ModuleDefinition<boolean> => ({
      id: `http.matchers.${name}`,
      schema: z.boolean(),
      provision: (value): MatcherInstance => ({
        match: () => {
          asked.push(name);
          return value;
        },
      }),
    });
    const handler: ModuleDefinition = {
      id: "http.handlers.note",
      schema: z.strictObject({ text: z.string() }),
      provision: (config): HandlerInstance => ({ handle: () => void asked.push((config as { text: string }).text) }),
    };
    const odd: ModuleDefinition = { id: "http.handlers.odd", schema: z.strictObject({}), provision: () => ({}) };
    const app: ModuleDefinition<{ routes: unknown }> = {
      id: "app",
      schema: z.strictObject({ routes: z.unknown() }),
      provision: async ({ routes }, context): Promise<Instance & { run: Next }> => ({
        run: (await context.compileRoutes(routes, "routes"))(() => void asked.push("end")),
      }),
    };
    const modules = [matcher("path_regexp"), matcher("method"), matcher("path"), handler, odd, app];
    const run = async (routes: unknown): Promise<string> => {
      const made = await loaderOf({ modules }).load("", { routes }, { name: "app" }, "apps", "app");
      await (made as Instance & { run: Next }).run({} as Exchange);
      return asked.splice(0).join(" ");
    };
    const handle = [{ handler: "note", text: "hi" }];
    expect(await run([{ match: [{ path_regexp: true, path: true, method: true }], handle }])).toBe(
      "method path path_regexp hi",
    );
    expect(await run([{ match: [{ path: false }, { method: true }], handle }])).toBe("path method hi");
    expect(await run([{ match: [{}], handle }])).toBe("hi");
    expect(await run([{ match: [], handle }])).toBe("hi");
    expect(await run([{ match: [{ path: false }], handle }])).toBe("path end");
    expect(await failureOf(run([{ matc: [] }]))).toMatch('apps.app.routes[0].matc: unknown key; did you mean "match"?');
    expect(await failureOf(run([{ match: [{ pth: 1 }] }]))).toMatch(
      'apps.app.routes[0].match[0].pth: there is no matcher "pth"; did you mean "path"?',
    );
    expect(await failureOf(run([{ match: [[]] }]))).toMatch("match[0]: must be an object of matchers, not an array");
    expect(await failureOf(run([{ match: [{ path: 3 }] }]))).toMatch(
      "match[0].path: must be true or false, not a number",
    );
    expect(await failureOf(run([{ handle: [{ handler: "odd" }] }]))).toMatch(
      "routes[0].handle[0]: its module makes no handler",
    );
    expect(await failureOf(run({}))).toMatch("apps.app.routes: must be an array, not an object");
  });
});

describe("Loader after another", () => {
  const running = async (config: unknown, after?: Loader): Promise<{ loader: Loader; root: Part }> => {
    const loader = loaderOf(after === undefined ? {} : { after, log: "new" });
    const root = await load(loader, config);
    await loader.validate();
    await loader.start();
    return { loader, root };
  };

  test("keeps what is the same, wherever it stands now, and cleans up the rest", async () => {
    const old = await running(tree("root", leaf("a"), leaf("b"), leaf("c")));
    life.length = 0;
    const next = await running(tree("root", leaf("new"), { name: "c", kind: "part" }, leaf("a")), old.loader);
    await old.loader.cleanup();
    expect(life.join(" ")).toBe("+new +root ?new ?root >new >root -root -b");
    expect(next.root.children[1]).toBe(old.root.children[2]);
    expect(next.root.children[2]).toBe(old.root.children[0]);
    life.length = 0;
    await next.loader.cleanup();
    expect(life.toSorted()).toEqual(["-a", "-c", "-new", "-root"]);
  });

  test("keeps a whole tree at once, and logs through the new loader", async () => {
    const config = tree("root", leaf("a", { children: [leaf("b")] }));
    const old = await running(config);
    life.length = 0;
    const next = await running(structuredClone(config), old.loader);
    await old.loader.cleanup();
    expect(next.root).toBe(old.root);
    expect(life).toEqual([]);
    next.root.context.log.info("hello");
    expect(logged).toEqual(["new test.part hello"]);
    const third = await running(config, next.loader);
    await next.loader.cleanup();
    expect(third.root).toBe(old.root);
    await third.loader.cleanup();
    expect(life).toEqual(["-root", "-a", "-b"]);
  });

  test("gives the same instance to one place only, first to the one where it stood", async () => {
    const old = await running(tree("root", leaf("a"), leaf("a")));
    const [first, second] = old.root.children;
    const next = await running(tree("changed", leaf("a"), leaf("a"), leaf("a")), old.loader);
    expect(next.root.children[0]).toBe(first);
    expect(next.root.children[1]).toBe(second);
    expect(next.root.children[2]).not.toBe(first);
    expect(next.root.children[2]).not.toBe(second);
  });

  test("leaves the old ones alone when it fails", async () => {
    const old = await running(tree("root", leaf("a")));
    life.length = 0;
    const next = loaderOf({ after: old.loader, log: "new" });
    await load(next, tree("changed", leaf("a"), leaf("b", { fails: "start" })));
    expect(await failureOf(next.start())).toMatch("b fails");
    await next.cleanup();
    expect(life.join(" ")).toBe("+b +changed >b -changed -b");
    old.root.children[0]!.context.log.info("still here");
    expect(logged).toEqual(["log test.part still here"]);
    life.length = 0;
    await old.loader.cleanup();
    expect(life).toEqual(["-root", "-a"]);
  });

  test("keeps nothing whose module or a module within has changed", async () => {
    const old = await running(tree("root", leaf("a")));
    const changed = loaderOf({ after: old.loader, modules: [{ definition: part, fileHash: "2" }, slow] });
    expect(await load(changed, tree("root", leaf("a")))).not.toBe(old.root);
    const other = loaderOf({ after: old.loader, modules: [{ ...part }, slow] });
    expect(await load(other, tree("root", leaf("a")))).not.toBe(old.root);
  });

  test("gives the same identity to the same config in any order of keys, another to anything else", async () => {
    const identity = async (config: object): Promise<string> => (await load(loaderOf(), config)).context.identity;
    const one = await identity({ name: "x", children: [leaf("a")] });
    expect(one).toMatch(/^[\da-f]{64}$/);
    expect(await identity({ children: [{ name: "a", kind: "part" }], name: "x" })).toBe(one);
    expect(await identity({ name: "x", children: [leaf("b")] })).not.toBe(one);
  });
});
