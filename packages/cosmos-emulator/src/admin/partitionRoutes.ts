import { readFields, text } from "../fields.ts";
import type { PartitionSplit, SplitRequest } from "../splitPartition.ts";
import type { Route } from "./route.ts";

/** Physical partitions: splits. */
export const partitionRoutes = (split: (request: SplitRequest) => PartitionSplit): readonly Route[] => [
  {
    method: "POST",
    path: "/splits",
    run: ({ body }) => ({
      ...split(
        readFields<SplitRequest>(body, { database: text, container: text, range: text }, [
          "database",
          "container",
        ]),
      ),
    }),
  },
];
