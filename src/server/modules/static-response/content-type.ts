/** What a body that says nothing about itself is sent as: JSON is told from text, as in Caddy, and nothing else. */
export function contentTypeOf(body: string): "application/json" | "text/plain; charset=utf-8" {
  const text = body.trim();
  const ends = text.length > 2 ? `${text[0]}${text.at(-1)}` : "";
  return (ends === "{}" || ends === "[]") && isJson(text) ? "application/json" : "text/plain; charset=utf-8";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
