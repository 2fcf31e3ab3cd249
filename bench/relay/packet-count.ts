/** What one run of the packet load counted. */
export interface PacketCount {
  /** Packets that came back; each was relayed twice. */
  readonly answers: number;
  /** Packets that did not come back in time: at most so many. */
  readonly lost: number;
  /** Packets that came back other than they were sent. */
  readonly wrong: number;
}
