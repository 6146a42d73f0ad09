/** The middle value; the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] ?? Number.NaN) + (sorted[high] ?? Number.NaN)) / 2;
}

/** How far the values lie apart, as a part of their median. */
export const spread = (values: readonly number[]): number =>
  round((Math.max(...values) - Math.min(...values)) / median(values));

/** To two decimals. */
export const round = (value: number): number => Math.round(value * 100) / 100;

/** The items, each time beginning with another, so that none always comes after the same one. */
export const rotate = <T>(items: readonly T[], round: number): T[] =>
  items.map((_, index) => items[(index + round) % items.length] as T);
