export { Host, type Family, type RunOptions, type SpawnOptions } from "./host.ts";
export { Lab, type LabOptions } from "./lab.ts";
export { CommandError, type CommandResult, LabError } from "./lab-error.ts";
export { LabProcess, type ProcessEnd } from "./lab-process.ts";
export { type HostLayout, type Layout, layOut, type LinkLayout, type Port } from "./layout.ts";
export { Link } from "./link.ts";
export { LinkMachine, type WayCounters } from "./link-machine.ts";
export {
  bus,
  chain,
  type ChainOptions,
  mesh,
  pointToPoint,
  ring,
  type ShapeOptions,
  type SizedShapeOptions,
  star,
} from "./shapes.ts";
export type { HostShape, LinkShape, Topology } from "./topology.ts";
export type { LinkOptions, Way, WayOptions } from "./way.ts";
