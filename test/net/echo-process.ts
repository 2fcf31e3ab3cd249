// A process of its own that echoes what it is sent, run by descriptors.test.ts under a low limit of descriptors.
import { listen } from "../../src/net/index.ts";

const listener = await listen("tcp", "127.0.0.1:0");
listener.serve((conn) => {
  conn.attach({
    data: (chunk) => void conn.send(chunk),
    drain() {},
    end: () => void conn.close(),
    close() {},
    timeout() {},
  });
});
console.log(String(listener.local));
