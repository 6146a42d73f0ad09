import type { Command } from "commander";
import type { ListInput } from "./listInput.ts";
import { collect, parseOrderKey } from "./optionValues.ts";
import { allOf, parseWhere, parseWhereJson, type Where } from "./where.ts";

/** Options that say which items, and in which order. */
export interface SelectionOptions {
  readonly pk?: string;
  readonly where?: readonly Where[];
  readonly whereJson?: Where;
  readonly orderBy?: readonly (readonly [path: string, direction: "asc" | "desc"])[];
}

/** Adds them to a command. */
export const addSelection = (command: Command): Command =>
  command
    .option("--pk <value>", "only items of this partition key")
    .option(
      "--where <condition>",
      'only items for which this holds: "path op value"; may be repeated, and all hold',
      collect(parseWhere),
    )
    .option("--where-json <filter>", "the same, as the API's filter in JSON", parseWhereJson)
    .option("--order-by <path[:desc]>", "the order; may be repeated", collect(parseOrderKey));

/** How conditions are written. */
export const whereHelp = `Conditions: eq ne lt lte gt gte (= != < <= > >=), in a,b,c, contains, startsWith, exists; with not before them.`;

/** What they ask for. The server's schema checks it and names what is wrong. */
export function toSelection({ pk, where = [], whereJson, orderBy }: SelectionOptions): ListInput {
  const filter = allOf([...where, ...(whereJson === undefined ? [] : [whereJson])]);
  return {
    ...(pk === undefined ? {} : { pk }),
    ...(filter === undefined ? {} : { where: filter }),
    ...(orderBy === undefined ? {} : { orderBy: orderBy as unknown as NonNullable<ListInput["orderBy"]> }),
  };
}
