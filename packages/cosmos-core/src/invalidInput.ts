import type { z } from "zod";
import { type FieldProblem, StoreError } from "./errors.ts";

/** Fields that an error names, at most: the input may have any number of wrong ones. */
const maxNamedFields = 50;

type Issues = { readonly issues: readonly z.core.$ZodIssue[] };

/** The fields that a schema refuses; of an unknown one, its own name. */
export function fieldProblems({ issues }: Issues): FieldProblem[] {
  return issues
    .flatMap((issue): FieldProblem[] => {
      const path = issue.path.map(String);
      if (issue.code !== "unrecognized_keys") return [{ path: path.join("."), message: issue.message }];
      return issue.keys.map((key) => ({ path: [...path, key].join("."), message: "is no field of it" }));
    })
    .slice(0, maxNamedFields);
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
