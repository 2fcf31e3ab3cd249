import { descriptors } from "./descriptors.ts";
import { idleMemory } from "./idle-memory.ts";
import type { Item } from "./item.ts";
import { pathPanel } from "./path-panel.ts";
import { slowPanel } from "./slow-panel.ts";
import { slowReaders } from "./slow-readers.ts";
import { workerKill } from "./worker-kill.ts";

/** What is measured, in the order of its numbers. */
export const ITEMS: readonly Item[] = [slowPanel, pathPanel, workerKill, descriptors, idleMemory, slowReaders];
