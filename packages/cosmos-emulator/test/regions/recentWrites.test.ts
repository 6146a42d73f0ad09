import { expect, it } from "vitest";
import { createRecentWrites } from "../../src/store/recentWrites.ts";

const write = (lsn: number) => ({
  lsn,
  number: lsn,
  key: { pk: "[]", id: String(lsn) },
  previous: undefined,
  isDelete: false,
});

it("keeps nothing while no region lags, and drops what it had when none lags any more", () => {
  let span = 1_000_000;
  const history = createRecentWrites(() => span);
  expect(history.isKept()).toBe(true);
  history.add(write(1));
  expect(history.youngerThan(1_000_000).map(({ lsn }) => lsn)).toEqual([1]);
  span = 0;
  expect(history.isKept()).toBe(false);
  expect(history.youngerThan(1_000_000)).toEqual([]);
});

it("forgets writes that were not committed", () => {
  const history = createRecentWrites(() => 1_000_000);
  for (const lsn of [1, 2, 3]) history.add(write(lsn));
  history.forgetAfter(1);
  expect(history.youngerThan(1_000_000).map(({ lsn }) => lsn)).toEqual([1]);
});

it("keeps a bounded number of writes, the youngest", () => {
  const history = createRecentWrites(() => 1_000_000_000);
  for (let lsn = 1; lsn <= 110_000; lsn += 1) history.add(write(lsn));
  const kept = history.youngerThan(1_000_000_000);
  expect(kept.at(-1)?.lsn).toBe(110_000);
  expect(kept.length).toBeLessThan(102_000);
  expect(kept[0]?.lsn).toBe(110_001 - kept.length);
});
