// Makes a lab with something of everything in it, says what it is made of, and waits to be killed. `stdout` is held open by every process of the lab that inherits it.
import { bus, Lab } from "netwright/lab";

const lab = await Lab.create(bus({ link: { delayMs: 1 } }));
const networks: string[] = [];
for (const host of lab.hosts) {
  networks.push((await host.run(["readlink", "/proc/self/ns/net"])).stdout.trim());
  // A daemon in a session of its own, whose parent ends at once.
  await host.run(["sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 &"]);
  host.spawn(["sh", "-c", "trap '' TERM INT HUP; sleep 1000"], { stdio: ["ignore", "inherit", "ignore"] });
}
const namespace = (await lab.host("a").run(["readlink", "/proc/self/ns/pid"])).stdout.trim();
process.stdout.write(`${JSON.stringify({ networks, namespace })}\n`);
if (process.argv[2] === "close") {
  await lab.close();
  process.stdout.write("closed\n");
}
setInterval(() => undefined, 1000);
