import fc from "fast-check";
import { expect, test } from "vitest";
import { inOrder } from "../src/inOrder.ts";

test("results come in the source's order whatever finishes first, and no more is held than may be", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.nat(9), { maxLength: 30 }),
      fc.integer({ min: 1, max: 5 }),
      async (s, inputs, maxConcurrency) => {
        let working = 0;
        let most = 0;
        const work = async (input: number, index: number) => {
          working += 1;
          most = Math.max(most, working);
          await s.schedule(Promise.resolve());
          working -= 1;
          return [input, index];
        };
        const results = s.waitFor(Array.fromAsync(inOrder(inputs, { maxConcurrency }, work)));
        expect(await results).toEqual(inputs.map((input, index) => [input, index]));
        expect(most).toBeLessThanOrEqual(maxConcurrency);
      },
    ),
  );
});

test("a result comes as soon as it is there, while the source has nothing more yet", async () => {
  const { promise: never } = Promise.withResolvers<never>();
  let isClosed = false;
  const source = async function* () {
    try {
      yield 1;
      yield 2;
      await never;
    } finally {
      isClosed = true;
    }
  };
  const results = inOrder(source(), { maxConcurrency: 10 }, async (input) => input * 2);
  expect(await results.next()).toEqual({ done: false, value: 2 });
  expect(await results.next()).toEqual({ done: false, value: 4 });
  expect(await results.return()).toEqual({ done: true, value: undefined });
  expect(isClosed).toBe(false);
});

test("leaving early closes the source", async () => {
  let isClosed = false;
  const source = function* () {
    try {
      for (let n = 0; ; n += 1) yield n;
    } finally {
      isClosed = true;
    }
  };
  for await (const result of inOrder(source(), { maxConcurrency: 3 }, async (input) => input)) {
    if (result === 5) break;
  }
  expect(isClosed).toBe(true);
});

test("what the work throws ends it in its turn", async () => {
  const thrown = new Error("third");
  const results: number[] = [];
  const reading = (async () => {
    const work = async (input: number) => {
      if (input === 2) throw thrown;
      return input;
    };
    for await (const result of inOrder([0, 1, 2, 3], { maxConcurrency: 4 }, work)) results.push(result);
  })();
  await expect(reading).rejects.toBe(thrown);
  expect(results).toEqual([0, 1]);
});
