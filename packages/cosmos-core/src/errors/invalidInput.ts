import type { z } from "zod";
import { type FieldProblem, StoreError } from "./errors.ts";

/** Fields that an error names, at most: the input may have any number of wrong ones. */
const maxNamedFields = 50;

type Issues = { readonly issues: readonly z.core.$ZodIssue[] };

/** The fields that a schema refuses, 50 at most; of an unknown one, its own name. */
export const fieldProblems = ({ issues }: Issues): FieldProblem[] =>
  issues.slice(0, maxNamedFields).flatMap(problemsOf).slice(0, maxNamedFields);

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

/** The same in one line. */
export const describeIssues = (error: Issues): string =>
  fieldProblems(error)
    .map(({ path, message }) => (path === "" ? message : `${path} ${message}`))
    .join("; ");

/** The store's failure for input that breaks a rule; every field named. */
export const invalidInput = (what: string, fields: readonly FieldProblem[]): StoreError =>
  new StoreError(
    "invalid",
    `${what}: ${fields.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ")}`.replace(
      /[^.]$/,
      "$&.",
    ),
    { fields: fields.slice(0, maxNamedFields) },
  );
