import type { z } from "zod";
import { type FieldProblem, StoreError } from "./errors.ts";

/** Fields that an error names, at most: the input may have any number of wrong ones. */
export const maxNamedFields = 50;

type Issues = { readonly issues: readonly z.core.$ZodIssue[] };

/** The fields that a schema refuses; of an unknown one, its own name. */
export const fieldProblems = ({ issues }: Issues): FieldProblem[] => issues.flatMap(problemsOf);

function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, key].join("."),
      message: key === "ifMatch" && path.length === 0 ? besideItem : "is not a known field",
    }));
  }
  return [{ path: path.join("."), message: wording(issue, path.length > 0) }];
}

/** What to say of a condition that came as a field. */
const besideItem = "is no field of an item: give it beside the item, as [item, { ifMatch }]";

/** zod's own words of a type as ours; a schema's words stay. */
function wording(issue: z.core.$ZodIssue, isField: boolean): string {
  if (issue.code !== "invalid_type" || !issue.message.startsWith("Invalid input")) return issue.message;
  if (isField && issue.message.endsWith("received undefined")) return "is missing";
  return `has to be ${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
}

/**
 * What is wrong with fields in one line, the first {@link maxNamedFields} of them by their names.
 *
 * @param whole what the input as a whole is called
 */
export function problemsText(fields: readonly FieldProblem[], between = ": ", whole = ""): string {
  const named = fields
    .slice(0, maxNamedFields)
    .map(({ path, message }) => (path === "" ? whole + message : `${path}${between}${message}`));
  const more = fields.length > maxNamedFields ? [`and ${fields.length - maxNamedFields} more`] : [];
  return [...named, ...more].join("; ");
}

/** The same as a sentence, for the caller who gave the input: `id is missing; total has to be a number.` */
export const problemsSentence = (fields: readonly FieldProblem[]): string =>
  ended(problemsText(fields, " ", "the input "));

const ended = (text: string): string => text.replace(/[^.]$/, "$&.");

/**
 * The store's failure for input that breaks a rule; every field named.
 *
 * @param what stands before the fields where they alone do not tell what became of the call
 */
export const invalidInput = (fields: readonly FieldProblem[], what?: string): StoreError =>
  new StoreError(
    "invalid",
    what === undefined ? problemsSentence(fields) : ended(`${what}: ${problemsText(fields)}`),
    { fields: fields.slice(0, maxNamedFields) },
  );

/** What a number of an option may be: a whole one of this range. */
export type Bounds = readonly [min: number, max: number];

/** Which of some options' numbers are no whole numbers within their bounds. */
export const numberProblems = <Name extends string>(
  numbers: Readonly<Record<Name, number>>,
  bounds: Readonly<Record<Name, Bounds>>,
): FieldProblem[] =>
  (Object.entries(bounds) as [Name, Bounds][]).flatMap(([name, [min, max]]) => {
    const isGood = Number.isSafeInteger(numbers[name]) && numbers[name] >= min && numbers[name] <= max;
    return isGood ? [] : [{ path: name, message: `has to be a whole number from ${min} to ${max}` }];
  });
