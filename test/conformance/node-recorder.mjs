// Node's own HTTP server as a back end: answers each request with what it understood of it, and on GET /.seen how many there were.
import { createServer } from "node:http";

let seen = 0;
const server = createServer((request, response) => {
  if (request.url === "/.seen") {
    response.end(String(seen));
    return;
  }
  seen++;
  let length = 0;
  request.on("data", (chunk) => (length += chunk.length));
  request.on("end", () => response.end(`[${request.method} ${request.url} ${length}]`));
  request.on("error", () => response.destroy());
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
