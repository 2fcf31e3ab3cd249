import { describe, expect, test } from "bun:test";
import { compileHidden } from "./hidden-paths.ts";

const hides = (pattern: string, path: string): boolean => compileHidden([pattern], "/srv/site").hides(path);

describe("compileHidden", () => {
  test("a name hides what has it, and everything below", () => {
    expect(hides(".git", "/srv/site/.git/config")).toBeTrue();
    expect(hides(".git", "/srv/site/a/.git")).toBeTrue();
    expect(hides(".git", "/srv/site/.gitignore")).toBeFalse();
    expect(hides("*.secret", "/srv/site/a.secret")).toBeTrue();
    expect(hides("*.secret", "/srv/site/a.secret.txt")).toBeFalse();
    expect(hides("*.secret", "/srv/site/d.secret/x")).toBeTrue();
    expect(hides(".*", "/srv/site/.well-known/x")).toBeTrue();
  });

  test("a name in the root's own path counts too, as in Caddy", () => {
    expect(hides("srv", "/srv/site/a")).toBeTrue();
  });

  test("a path hides itself and what is below it, not what begins like it", () => {
    for (const pattern of ["/srv/site/private", "/srv/site/private/", "private/", "./private", "a/../private"]) {
      expect(hides(pattern, "/srv/site/private")).toBeTrue();
      expect(hides(pattern, "/srv/site/private/x/y")).toBeTrue();
      expect(hides(pattern, "/srv/site/privateer")).toBeFalse();
      expect(hides(pattern, "/srv/site/x/private")).toBeFalse();
    }
    expect(hides("/", "/srv")).toBeTrue();
  });

  test("a path may be a glob", () => {
    expect(hides("/srv/*/x", "/srv/site/x")).toBeTrue();
    expect(hides("/srv/*/x", "/srv/site/y/x")).toBeFalse();
  });

  test("a long path takes no longer than in proportion, however many stars there are", () => {
    const compiled = compileHidden(["*a*a*a*a*b", "/srv/*a*a*a*a*b"], "/srv/site");
    expect(compiled.hides(`/srv/${"a".repeat(8000)}`)).toBeFalse();
    expect(compiled.hides(`/srv/${"a".repeat(8000)}b`)).toBeTrue();
  });

  test("no pattern hides nothing, and a malformed one is refused", () => {
    expect(compileHidden([], "/").hides("/a")).toBeFalse();
    expect(() => compileHidden(["[a"], "/")).toThrow('"[a" is a malformed pattern');
  });
});
