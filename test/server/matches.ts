import { HttpAppUnderTest } from "./http-app-under-test.ts";

/** Whether a matcher set matches a request (see HttpAppUnderTest.ask), and with which `captured` text then; undefined when it does not. */
export async function matched(match: object, request: string, captured = "yes"): Promise<string | undefined> {
  const app = await HttpAppUnderTest.serve([
    { match: [match], handle: [{ handler: "static_response", body: `matched ${captured}` }], terminal: true },
  ]);
  try {
    const body = await app.body(request);
    return body.startsWith("matched ") ? body.slice("matched ".length) : undefined;
  } finally {
    await app.stop();
  }
}

/** Whether a matcher set matches a request. */
export async function matches(match: object, request: string): Promise<boolean> {
  return (await matched(match, request)) !== undefined;
}

/** Provisions a matcher set without asking it anything. Throws what is wrong with it. */
export async function provisionMatch(match: object): Promise<void> {
  const routes = [{ match: [match], handle: [] }];
  const { test } = await HttpAppUnderTest.provision({ servers: { s: { listen: [":80"], routes } } });
  await test.stop();
}
