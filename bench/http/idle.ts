const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
/** A client has about 28,000 ports to one address; more connections than this go out from further loopback addresses. */
const BATCH = 200;

/** Connections that each had one answer and now wait. */
interface IdleConnections {
  close(): Promise<void>;
}

/** Opens `count` connections to a local port, asks once on each, and keeps them open. Throws when one is refused or closed. */
export async function openIdleConnections(port: number, count: number): Promise<IdleConnections> {
  const sockets: Bun.Socket<{ answered: () => void; failed: (error: Error) => void }>[] = [];
  for (let made = 0; made < count; made += BATCH) {
    const size = Math.min(BATCH, count - made);
    sockets.push(...(await Promise.all(Array.from({ length: size }, async () => openOne(port)))));
  }
  return {
    async close() {
      for (const socket of sockets) socket.end();
      await Bun.sleep(100);
    },
  };
}

async function openOne(port: number): Promise<Bun.Socket<{ answered: () => void; failed: (error: Error) => void }>> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = await Bun.connect<{ answered: () => void; failed: (error: Error) => void }>({
    hostname: "127.0.0.1",
    port,
    data: { answered: resolve, failed: reject },
    socket: {
      data: (open) => open.data.answered(),
      close: (open) => open.data.failed(new Error("an idle connection was closed")),
      error: (open, error) => open.data.failed(error),
    },
  });
  socket.write(REQUEST);
  await promise;
  return socket;
}
