import { describe, expect, test } from "bun:test";
import { contentType } from "./content-type.ts";

describe("contentType", () => {
  test.each([
    ["/index.html", "text/html; charset=utf-8"],
    ["/a/style.css", "text/css; charset=utf-8"],
    ["/app.js", "text/javascript; charset=utf-8"],
    ["/UPPER.JS", "text/javascript; charset=utf-8"],
    ["/data.json", "application/json"],
    ["/a.tar.gz", "application/gzip"],
    ["/.svg", "image/svg+xml"],
    ["/font.woff2", "font/woff2"],
    ["/feed.xml", "text/xml; charset=utf-8"],
  ])("%s is %s", (name, type) => {
    expect(contentType(name)).toBe(type);
  });

  test.each(["/noext", "/dir.html/noext", "/x.", "/x.unheardof", "/.dotfile", "", "/x.__proto__"])(
    "%j has none",
    (name) => {
      expect(contentType(name)).toBeUndefined();
    },
  );
});
