import { conformance } from "./conformance.ts";
import { descriptors } from "./descriptors.ts";
import { fuzzReplay } from "./fuzz-replay.ts";
import { idleMemory } from "./idle-memory.ts";
import type { Item } from "./item.ts";
import { pathPanel } from "./path-panel.ts";
import { slowPanel } from "./slow-panel.ts";
import { slowReaders } from "./slow-readers.ts";
import { smuggling } from "./smuggling.ts";
import { workerKill } from "./worker-kill.ts";

/** What is measured, in the order of its numbers. */
export const ITEMS: readonly Item[] = [
  conformance,
  smuggling,
  fuzzReplay,
  slowPanel,
  pathPanel,
  workerKill,
  descriptors,
  idleMemory,
  slowReaders,
];
