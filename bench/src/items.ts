/** Items of about 1 KB as JSON, the same for every server. */
export interface BenchItem {
  readonly id: string;
  readonly pk: string;
  /** Shared by {@link perKey} items, whatever the number of all. */
  readonly key: number;
  /** A different number for each, in no order. */
  readonly rank: number;
  readonly status: string;
  readonly text: string;
}

/** How many items a selective filter finds. */
export const perKey = 10;

const text = "x".repeat(850);
const statuses = ["open", "paid", "sent", "done"] as const;

/** The item numbered `n`. */
export function benchItem(n: number): BenchItem {
  return {
    id: `item-${n}`,
    pk: `pk-${n % 1_000}`,
    key: Math.floor(n / perKey),
    // A prime that divides no number of items used here walks through all remainders.
    rank: (n * 7_919) % 1_000_003,
    status: statuses[n % statuses.length] ?? "open",
    text,
  };
}
