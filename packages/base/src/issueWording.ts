/** What a schema of zod says of a value, as far as it is told: which of the rest there is depends on the code. */
export interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The unknown names. */
  readonly keys?: readonly string[];
  /** The type that was wanted. */
  readonly expected?: string;
  /** The type of what has a bound. */
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly inclusive?: boolean;
  readonly exact?: boolean;
  readonly format?: string;
  readonly pattern?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly includes?: string;
  readonly divisor?: number;
  /** The values that there are. */
  readonly values?: readonly unknown[];
  /** The same of a field by which a union is told apart. */
  readonly options?: readonly unknown[] | undefined;
  /** What each member of a union says. */
  readonly errors?: readonly (readonly Issue[])[];
  /** What is wrong with a name or an element. */
  readonly issues?: readonly Issue[];
}

/** Values that a message names at most. */
const maxNamedValues = 20;

/**
 * What is wrong, as the end of a sentence that begins with the field. A schema's own message stays as it is; zod's, in
 * its default language, are put as all others here are.
 *
 * @param isField whether it is of a field, and not of the input as a whole
 */
export function issueWording(issue: Issue, isField: boolean): string {
  return isZodsOwn(issue) ? wordingOf(issue, isField) : issue.message;
}

/** How zod's own messages begin, by their code. Source: zod's locale `en`. */
const beginnings: Readonly<Record<string, RegExp>> = {
  invalid_type: /^Invalid input: expected /,
  too_small: /^Too small: expected /,
  too_big: /^Too big: expected /,
  invalid_value: /^Invalid (input|option): expected /,
  invalid_union: /^Invalid (input$|input: more than one option matched$|discriminator value\. Expected )/,
  not_multiple_of: /^Invalid number: must be a multiple of /,
  invalid_key: /^Invalid key in /,
  invalid_element: /^Invalid value in /,
  custom: /^Invalid input$/,
};

/** What zod calls formats, where it is not their name. Source: zod's locale `en`. */
const formatNames: Readonly<Record<string, string>> = {
  template_literal: "input",
  email: "email address",
  url: "URL",
  uuid: "UUID",
  guid: "GUID",
  ulid: "ULID",
  xid: "XID",
  ksuid: "KSUID",
  datetime: "ISO datetime",
  date: "ISO date",
  time: "ISO time",
  duration: "ISO duration",
  ipv4: "IPv4 address",
  ipv6: "IPv6 address",
  mac: "MAC address",
  cidrv4: "IPv4 range",
  cidrv6: "IPv6 range",
  base64: "base64-encoded string",
  base64url: "base64url-encoded string",
  json_string: "JSON string",
  e164: "E.164 number",
  jwt: "JWT",
};

function isZodsOwn({ code = "", format = "", message }: Issue): boolean {
  if (code !== "invalid_format") return beginnings[code]?.test(message) === true;
  return (
    message === `Invalid ${formatNames[format] ?? format}` || message.startsWith("Invalid string: must ")
  );
}

function wordingOf(issue: Issue, isField: boolean): string {
  switch (issue.code) {
    case "invalid_type":
      return isField && issue.message.endsWith("received undefined")
        ? "is missing"
        : typeWording(issue.expected ?? "value");
    case "too_small":
      return boundWording(issue, issue.minimum ?? 0, "at least", "more");
    case "too_big":
      return boundWording(issue, issue.maximum ?? 0, "at most", "less");
    case "invalid_format":
      return formatWording(issue);
    case "invalid_value":
      return valueWording(issue.values ?? []);
    case "invalid_union":
      return unionWording(issue, isField);
    case "not_multiple_of":
      return `has to be a multiple of ${issue.divisor}`;
    case "invalid_key":
      return `has a name that ${innerWording(issue.issues)}`;
    case "invalid_element":
      return `has an element that ${innerWording(issue.issues)}`;
    default:
      return "is not valid";
  }
}

const innerWording = ([first]: readonly Issue[] = []): string =>
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
  { origin, inclusive, exact }: Issue,
  limit: number | bigint,
  bound: "at least" | "at most",
  further: "more" | "less",
): string {
  const unit = units[origin ?? ""];
  if (unit !== undefined)
    return `has to have ${exact ? "exactly" : bound} ${limit} ${unit[Number(limit) === 1 ? 0 : 1]}`;
  if (origin === "date") {
    const [or, than] = further === "more" ? ["later", "after"] : ["earlier", "before"];
    const day = new Date(Number(limit)).toISOString();
    return inclusive ? `has to be ${day} or ${or}` : `has to be ${than} ${day}`;
  }
  return inclusive ? `has to be ${limit} or ${further}` : `has to be ${further} than ${limit}`;
}

function formatWording({ format, pattern, prefix, suffix, includes, message }: Issue): string {
  if (format === "starts_with") return `has to begin with ${JSON.stringify(prefix)}`;
  if (format === "ends_with") return `has to end with ${JSON.stringify(suffix)}`;
  if (format === "includes") return `has to contain ${JSON.stringify(includes)}`;
  if (format === "regex" || format === "template_literal") return `has to match ${pattern}`;
  return `is no ${message.replace(/^Invalid /, "")}`;
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
function unionWording(issue: Issue, isField: boolean): string {
  if (issue.inclusive === false) return "fits several of the forms that it may have, and has to fit one";
  if (issue.options !== undefined && issue.options.length > 0) return valueWording(issue.options);
  const begin = "has to be ";
  const parts = (issue.errors ?? []).map(([first, ...others]) =>
    first === undefined || others.length > 0 || first.path.length > 0 ? "" : issueWording(first, isField),
  );
  if (parts.length > 0 && parts.every((part) => part === "is missing")) return "is missing";
  return parts.length > 0 && parts.every((part) => part.startsWith(begin))
    ? begin + [...new Set(parts.map((part) => part.slice(begin.length)))].join(" or ")
    : "has none of the forms that it may have";
}
