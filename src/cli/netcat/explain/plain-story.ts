import { bytes } from "../../socket-text.ts";
import type { ConnStory } from "./conn-story.ts";
import { elapsedText, type Story } from "./story.ts";

/** What passed so far. */
export interface PlainCounts {
  readonly sent: number;
  readonly received: number;
  /** Of packets, how many. */
  readonly packetsSent?: number;
  readonly packetsReceived?: number;
  readonly packetsDropped?: number;
}

/** Tells how a connection goes of which the system knows no more than what passed: UDP, and Unix sockets. */
export class PlainStory implements ConnStory {
  private readonly story: Story;
  private readonly counts: () => PlainCounts;

  /** `counts` is asked while it lives. */
  constructor(story: Story, counts: () => PlainCounts) {
    this.story = story;
    this.counts = counts;
  }

  localEnd(): void {
    this.story.say("stdin has ended: this side closes, and goes on reading");
  }

  peerEnd(): void {
    this.story.say("the peer has closed its side");
  }

  over(error: Error | undefined): void {
    const { packetsDropped = 0, packetsReceived, packetsSent, received, sent } = this.counts();
    this.story.say(
      error === undefined ? `over after ${elapsedText(this.story.elapsedMs)}` : `failed: ${error.message}`,
    );
    this.story.more(
      `sent ${bytes(sent)}${inPackets(packetsSent)}, received ${bytes(received)}${inPackets(packetsReceived)}`,
    );
    if (packetsDropped > 0)
      this.story.more(`${packetsDropped} packets came and were dropped here: nobody read them in time`);
  }
}

function inPackets(count: number | undefined): string {
  return count === undefined ? "" : ` in ${count} packet${count === 1 ? "" : "s"}`;
}
