import type { LoadRequest } from "../load/load.ts";

/** How a server is spoken to. */
export type Protocol = "trpc" | "orpc" | "rest";

/** Items that loads go round. */
export const itemCount = 1_000;

/** Operations in a client's batch. */
export const batchSize = 10;

/** Requests of a load before it begins anew: a multiple of all that the mixtures need. */
const length = 640;

const json = { "content-type": "application/json" };
const keyOf = (n: number) => ({ id: `item-${n}`, pk: `pk-${n}` });
const itemOf = (n: number) => ({
  ...keyOf(n),
  name: "bench",
  tags: ["a", "b"],
  data: { text: "x".repeat(850) },
});

/** A read of the item numbered `n`. */
export function get(protocol: Protocol, n: number): LoadRequest {
  const { id, pk } = keyOf(n);
  const input = (value: object): string => encodeURIComponent(JSON.stringify(value));
  switch (protocol) {
    case "trpc":
      return { method: "GET", path: `/trpc/items.get?input=${input({ id, pk })}` };
    case "orpc":
      return { method: "GET", path: `/items/get?data=${input({ json: { id, pk } })}` };
    case "rest":
      return { method: "GET", path: `/items/${id}?pk=${pk}` };
  }
}

/** A write of the item numbered `n`. */
export function upsert(protocol: Protocol, n: number): LoadRequest {
  const item = itemOf(n);
  const post = { method: "POST", headers: json } as const;
  switch (protocol) {
    case "trpc":
      return { ...post, path: "/trpc/items.upsert", body: JSON.stringify(item) };
    case "orpc":
      return { ...post, path: "/items/upsert", body: JSON.stringify({ json: item }) };
    case "rest":
      return { ...post, path: `/items?pk=${item.pk}`, body: JSON.stringify(item) };
  }
}

function batchOfGets(numbers: readonly number[]): LoadRequest {
  const paths = numbers.map(() => "items.get").join();
  const input = JSON.stringify(Object.fromEntries(numbers.map((n, index) => [index, keyOf(n)])));
  return { method: "GET", path: `/trpc/${paths}?batch=1&input=${encodeURIComponent(input)}` };
}

/** The same numbers in every run: a linear congruential generator. Source: Numerical Recipes, "Quick and dirty". */
function randomNumbers(): () => number {
  let state = 20_260_101;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Item numbers by Zipf's law: with exponent 1 the second is wanted half as often as the first, and so on. */
const zipf =
  (exponent: number) =>
  (random: () => number): (() => number) => {
    const weights = Array.from({ length: itemCount }, (_, rank) => (rank + 1) ** -exponent);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return () => {
      let left = random() * total;
      return Math.max(
        0,
        weights.findIndex((weight) => {
          left -= weight;
          return left < 0;
        }),
      );
    };
  };

type Workload = (protocol: Protocol) => LoadRequest[];

const uniform = (random: () => number) => (): number => Math.floor(random() * itemCount);

function repeat(make: (number: () => number, turn: number) => LoadRequest, by = uniform): LoadRequest[] {
  const number = by(randomNumbers());
  return Array.from({ length }, (_, turn) => make(number, turn));
}

/** What clients ask for. */
export const workloads = {
  "items.get": (protocol) => repeat((number) => get(protocol, number())),
  "items.upsert": (protocol) => repeat((number) => upsert(protocol, number())),
  "80 % get, 20 % upsert": (protocol) =>
    repeat((number, turn) => (turn % 5 === 0 ? upsert : get)(protocol, number())),
  "hot keys": (protocol) => repeat((number) => get(protocol, number()), zipf(1)),
  "hotter keys": (protocol) => repeat((number) => get(protocol, number()), zipf(1.2)),
  "batches of 10 items.get": () => repeat((number) => batchOfGets(Array.from({ length: batchSize }, number))),
} satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof workloads;
