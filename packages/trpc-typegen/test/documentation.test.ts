import { expect, test } from "vitest";
import { generatedText } from "./hardRouters.ts";

test("comments come from the router, from procedures and from what they stand for", () => {
  const text = generatedText("json");
  expect(text).toContain("/** The API. */\nexport type AppRouter =");
  expect(text).toContain(
    "       * Reads one item.\n       *\n       * @deprecated Use `getMany`.\n       */\n      get: ",
  );
  expect(text).toContain("/** Loaded late. */\n    late: {");
  expect(text).toContain("/** Every change, in order. */\n      watch: ");
});

test("a nested router without a comment has that of the constant it stands for", () => {
  expect(generatedText("json")).toContain("/** Everything about comments. */\n    comments: {");
});

test("types and fields have their comments and what zod was told of them", () => {
  const text = generatedText("json");
  expect(text).toContain(`/**
 * An item as it is stored.
 *
 * What the store keeps.
 */
export type Item = {
  /**
   * Names the item within its partition.
   *
   * 1 to 1,023 bytes of UTF-8.
   */
  id: string;
  /** The partition key; by default the id. */
  pk?: string;
  name: string;
  tags?: string[];
  data?: Record<string, unknown>;
};
`);
  expect(text).toContain("/** How far an item has come. */\nexport type State = ");
  expect(text).toContain("  /** When it was last written. */\n  updatedAt: string;");
});

test("types have the names that the source has, and invented ones only where one is needed", () => {
  const declared = (text: string) =>
    [...text.matchAll(/^export (?:type|interface) (\w+)/gmu)].map((match) => match[1]);
  expect(declared(generatedText("json"))).toEqual([
    "AppRouter",
    "Category",
    "Colour",
    "Comment",
    "ErrorShape",
    "Item",
    "ItemInput",
    "JsonValue",
    "Level",
    "OdditiesFailingErrorShape",
    "OdditiesPrismaJsonInput",
    "Point",
    "PrismaJson",
    "Record2",
    "Shape",
    "Shape2",
    "State",
    "Stored",
  ]);
  expect(declared(generatedText("transformed"))).toEqual([
    "AppRouter",
    "Expression",
    "Folder",
    "Linked",
    "LooseNode",
    "Metres",
    "OrderId",
    "Owner",
    "PrismaJson",
    "PrismaJsonInput",
  ]);
});
