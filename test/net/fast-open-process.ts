// Sends a word to a listener of its own three times with Fast Open; run by fast-open.peer.test.ts in a network of its own, where the system allows it.
import { dial, listen } from "../../src/net/index.ts";

await using listener = await listen("tcp", "127.0.0.1:0", { fastOpenQueue: 16 });
for (let i = 0; i < 3; i++) {
  const accepted = listener.accept();
  await using conn = await dial("tcp", String(listener.local), { fastOpen: true });
  const before = conn.tcp!.info().state;
  await conn.write(new TextEncoder().encode("word"));
  await using peer = (await accepted)!;
  const word = new TextDecoder().decode((await peer.read())!);
  await peer.write(new TextEncoder().encode("answer"));
  const answer = new TextDecoder().decode((await conn.read())!);
  console.log(JSON.stringify([before, conn.tcp!.info().fastOpened, word, answer]));
}
