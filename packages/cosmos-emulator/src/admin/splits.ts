import { readFields, text } from "../fields.ts";
import type { SplitRequest } from "../splitPartition.ts";
import type { AdminHandler } from "./route.ts";

export const splitPartition: AdminHandler = (emulator, { body }) => ({
  ...emulator.splitPartition(
    readFields<SplitRequest>(body, { database: text, container: text, range: text }, [
      "database",
      "container",
    ]),
  ),
});
