import type { Contender } from "./contenders.ts";

/** How much of an item is measured: a smoke run only shows that it still works. */
export type Effort = "full" | "smoke";

/** One figure of the scoreboard. */
export interface Item {
  /** Its number in the scoreboard's plan: the order is kept and gaps are what has no figure yet. */
  readonly number: number;
  readonly title: string;
  /** What we want of ourselves. */
  readonly target: string;
  /** Measures one server. `good`: whether that meets the target. Throws when it cannot be measured. */
  measure(contender: Contender, effort: Effort): Promise<Figure>;
}

export interface Figure {
  readonly text: string;
  readonly good: boolean;
}
