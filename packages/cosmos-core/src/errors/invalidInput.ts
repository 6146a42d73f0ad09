import type { z } from "zod";
import { type FieldProblem, StoreError } from "./errors.ts";
import { issueWording } from "./issueWording.ts";

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
  return [{ path: path.join("."), message: issueWording(issue, path.length > 0) }];
}

/** What to say of a condition that came as a field. */
const besideItem = "is no field of an item: give it beside the item, as [item, { ifMatch }]";

/** What is wrong with fields in one line, the first {@link maxNamedFields} of them by their names. */
export function problemsText(fields: readonly FieldProblem[], between = ": "): string {
  const named = fields
    .slice(0, maxNamedFields)
    .map(({ path, message }) => (path === "" ? message : `${path}${between}${message}`));
  const more = fields.length > maxNamedFields ? [`and ${fields.length - maxNamedFields} more`] : [];
  return [...named, ...more].join("; ");
}

/** The store's failure for input that breaks a rule; every field named. */
export const invalidInput = (what: string, fields: readonly FieldProblem[]): StoreError =>
  new StoreError("invalid", `${what}: ${problemsText(fields)}`.replace(/[^.]$/, "$&."), {
    fields: fields.slice(0, maxNamedFields),
  });

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
