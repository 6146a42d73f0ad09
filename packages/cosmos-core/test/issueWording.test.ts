import { fieldProblems } from "@cosmos-trpc/base";
import { expect, test } from "vitest";
import { z } from "zod";

const wordsOf = (schema: z.ZodType, value: unknown): string[] =>
  fieldProblems(z.object({ field: schema }).safeParse({ field: value }).error ?? { issues: [] }).map(
    ({ path, message }) => `${path} ${message}`,
  );

test.each([
  [z.string(), undefined, "is missing"],
  [z.string(), 5, "has to be a string"],
  [z.array(z.string()), 5, "has to be an array"],
  [z.int(), 1.5, "has to be a whole number"],
  [z.number().int(), "1", "has to be a number"],
  [z.null(), 5, "has to be null"],
  [z.never(), 5, "has to be left out"],
  [z.record(z.string(), z.string()), 5, "has to be an object"],
  [z.string().min(1), "", "has to have at least 1 character"],
  [z.string().min(2), "", "has to have at least 2 characters"],
  [z.string().max(2), "abc", "has to have at most 2 characters"],
  [z.string().length(3), "a", "has to have exactly 3 characters"],
  [z.array(z.string()).nonempty(), [], "has to have at least 1 element"],
  [z.number().min(1), 0, "has to be 1 or more"],
  [z.number().positive(), 0, "has to be more than 0"],
  [z.number().max(1), 2, "has to be 1 or less"],
  [z.number().lt(1), 1, "has to be less than 1"],
  [z.number().multipleOf(5), 1, "has to be a multiple of 5"],
  [z.date().min(new Date(0)), new Date(-1), "has to be 1970-01-01T00:00:00.000Z or later"],
  [z.email(), "a", "is no email address"],
  [z.uuid(), "a", "is no UUID"],
  [z.iso.datetime(), "a", "is no ISO datetime"],
  [z.string().startsWith("a"), "b", 'has to begin with "a"'],
  [z.string().endsWith("a"), "b", 'has to end with "a"'],
  [z.string().includes("a"), "b", 'has to contain "a"'],
  [z.string().regex(/^a$/), "b", "has to match /^a$/"],
  [z.enum(["a", "b", "c"]), "d", "is none of a, b, c"],
  [z.enum(Array.from({ length: 30 }, (_, n) => `v${n}`)), "d", /^field is none of v0, .*v19, and 10 more$/],
  [z.literal("a"), "d", 'has to be "a"'],
  [z.literal([1, 2]), "d", "is none of 1, 2"],
  [z.union([z.string(), z.number()]), true, "has to be a string or a number"],
  [z.union([z.string(), z.number()]), undefined, "is missing"],
  [z.string().nullable(), 5, "has to be a string"],
  [z.union([z.string(), z.object({ a: z.string() })]), { b: 1 }, "has none of the forms that it may have"],
  [z.record(z.string().min(2), z.string()), { a: "x" }, /has a name that has to have at least 2 characters$/],
  [z.string().refine(() => false), "a", "is not valid"],
])("zod's own message is put as all others are: %#, %s", (schema, value, words) => {
  expect(wordsOf(schema, value)).toEqual([
    typeof words === "string" ? `field ${words}` : expect.stringMatching(words),
  ]);
});

test("a discriminated union names the values that there are", () => {
  const schema = z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("a") }),
    z.object({ kind: z.literal("b") }),
  ]);
  expect(wordsOf(schema, { kind: "c" })).toEqual(["field.kind is none of a, b"]);
});

test.each([
  [z.string({ error: "is our own type" }), 5],
  [z.string().min(1, "is our own bound"), ""],
  [z.email("is our own format"), "a"],
  [z.enum(["a"], "is our own choice"), "b"],
  [z.union([z.string(), z.number()], "is our own union"), true],
  [z.string().refine(() => false, "is our own check"), "a"],
  [z.string().min(1, "Too small for us"), ""],
  [z.email("Invalid address, says the post"), "a"],
])("a schema's own message stays: %#", (schema, value) => {
  expect(wordsOf(schema, value)).toEqual([
    expect.stringMatching(/^field (is our own|Too small for us|Invalid address)/),
  ]);
});
