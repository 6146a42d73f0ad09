import { type FieldProblem, maxNamedFields } from "@cosmos-trpc/base";
import { StoreError } from "./errors.ts";

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
