import type { z } from "zod";
import en from "zod/v4/locales/en.js";

const zodsOwn = en().localeError;

/** Values that a message names at most. */
const maxNamedValues = 20;

/**
 * What is wrong, as the end of a sentence that begins with the field. A schema's own message stays as it is; zod's, in
 * its default language, are put as all others here are.
 *
 * @param isField whether it is of a field, and not of the input as a whole
 */
export function issueWording(issue: z.core.$ZodIssue, isField: boolean): string {
  return isZodsOwn(issue) ? wordingOf(issue, isField) : issue.message;
}

/** zod's message of a type says what was received, which an issue no longer has; any other follows from the issue. */
const isZodsOwn = (issue: z.core.$ZodIssue): boolean =>
  issue.code === "invalid_type"
    ? issue.message.startsWith("Invalid input")
    : issue.message === zodsOwn(issue as z.core.$ZodRawIssue);

function wordingOf(issue: z.core.$ZodIssue, isField: boolean): string {
  switch (issue.code) {
    case "invalid_type":
      return isField && issue.message.endsWith("received undefined")
        ? "is missing"
        : typeWording(issue.expected);
    case "too_small":
      return boundWording(issue, issue.minimum, "at least", "more");
    case "too_big":
      return boundWording(issue, issue.maximum, "at most", "less");
    case "invalid_format":
      return formatWording(issue);
    case "invalid_value":
      return valueWording(issue.values);
    case "invalid_union":
      return unionWording(issue, isField);
    case "not_multiple_of":
      return `has to be a multiple of ${issue.divisor}`;
    case "unrecognized_keys":
      return `has fields that are not known: ${listed(issue.keys)}`;
    case "invalid_key":
      return `has a name that ${innerWording(issue.issues)}`;
    case "invalid_element":
      return `has an element that ${innerWording(issue.issues)}`;
    default:
      return "is not valid";
  }
}

const innerWording = ([first]: readonly z.core.$ZodIssue[]): string =>
  first === undefined ? "is not valid" : issueWording(first, true);

/** Types that are no word of English behind "a". */
const typeNames: Readonly<Record<string, string>> = {
  int: "a whole number",
  record: "an object",
  tuple: "an array",
  bigint: "a whole number",
  null: "null",
  nan: "NaN",
  undefined: "left out",
  void: "left out",
  never: "left out",
};

const typeWording = (type: string): string =>
  `has to be ${typeNames[type] ?? `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`}`;

/** What the size of something is counted in; of anything else its value is meant. */
const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ["character", "characters"],
  array: ["element", "elements"],
  set: ["element", "elements"],
  map: ["entry", "entries"],
  file: ["byte", "bytes"],
};

function boundWording(
  { origin, inclusive, exact }: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
  limit: number | bigint,
  bound: "at least" | "at most",
  further: "more" | "less",
): string {
  const unit = units[origin];
  if (unit !== undefined)
    return `has to have ${exact ? "exactly" : bound} ${limit} ${unit[Number(limit) === 1 ? 0 : 1]}`;
  if (origin === "date") {
    const [or, than] = further === "more" ? ["later", "after"] : ["earlier", "before"];
    const day = new Date(Number(limit)).toISOString();
    return inclusive ? `has to be ${day} or ${or}` : `has to be ${than} ${day}`;
  }
  return inclusive ? `has to be ${limit} or ${further}` : `has to be ${further} than ${limit}`;
}

function formatWording(issue: z.core.$ZodIssueInvalidStringFormat): string {
  const { format, prefix, suffix, includes } = issue as z.core.$ZodIssueInvalidStringFormat &
    Readonly<Partial<Record<"prefix" | "suffix" | "includes", string>>>;
  if (format === "starts_with") return `has to begin with ${JSON.stringify(prefix)}`;
  if (format === "ends_with") return `has to end with ${JSON.stringify(suffix)}`;
  if (format === "includes") return `has to contain ${JSON.stringify(includes)}`;
  if (format === "regex" || format === "template_literal") return `has to match ${issue.pattern}`;
  return `is no ${issue.message.replace(/^Invalid /, "")}`;
}

const listed = (values: readonly unknown[]): string => {
  const more = values.length > maxNamedValues ? [`and ${values.length - maxNamedValues} more`] : [];
  return [...values.slice(0, maxNamedValues).map(String), ...more].join(", ");
};

const valueWording = (values: readonly unknown[]): string =>
  values.length === 1
    ? `has to be ${typeof values[0] === "string" ? JSON.stringify(values[0]) : String(values[0])}`
    : `is none of ${listed(values)}`;

/** Of a union of simple types, all of them; of one by a field's value, these; else no more than that nothing fits. */
function unionWording(issue: z.core.$ZodIssueInvalidUnion, isField: boolean): string {
  if (issue.inclusive === false) return "fits several of the forms that it may have, and has to fit one";
  if (issue.options !== undefined && issue.options.length > 0) return valueWording(issue.options);
  const begin = "has to be ";
  const parts = issue.errors.map(([first, ...others]) =>
    first === undefined || others.length > 0 || first.path.length > 0 ? "" : issueWording(first, isField),
  );
  if (parts.length > 0 && parts.every((part) => part === "is missing")) return "is missing";
  return parts.length > 0 && parts.every((part) => part.startsWith(begin))
    ? begin + [...new Set(parts.map((part) => part.slice(begin.length)))].join(" or ")
    : "has none of the forms that it may have";
}
