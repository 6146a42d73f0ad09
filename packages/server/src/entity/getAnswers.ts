import type { ItemBase, Ordering, Stored } from "@cosmos-trpc/cosmos-core";
import { type Context, spend } from "../request/context.ts";
import type { EntityDefinition } from "./entity.ts";
import { type Outcome, refusal } from "./outcome.ts";

/** Reads many items. @returns an answer for each key, in their order */
export async function getAnswers<
  Item extends ItemBase,
  Key extends { readonly id: string },
  Area,
  Order extends Ordering,
>(
  context: Context,
  definition: EntityDefinition<Item, Key, Area, Order>,
  keys: readonly Key[],
  signal: AbortSignal | undefined,
): Promise<Outcome<{ readonly item: Stored<Item> }>[]> {
  const { answers } = await spend(context, definition, async (store) => {
    const found = await store.getMany(keys, { signal });
    return { answers: found, requestCharge: found.reduce((sum, answer) => sum + answer.requestCharge, 0) };
  });
  return answers.map(({ item, error, requestCharge }) =>
    error === undefined ? { ok: true, item, requestCharge } : refusal(error, requestCharge),
  );
}
