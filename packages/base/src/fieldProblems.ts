/** A field of the input and what is wrong with it. */
export interface FieldProblem {
  /** Where it is: `data.size`, `tags.0`; empty for the input as a whole. */
  readonly path: string;
  readonly message: string;
}

/** What a schema of zod says of a value, as far as it is told. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The unknown names, where it is that. */
  readonly keys?: readonly string[];
  /** The type that was wanted, where it is that. */
  readonly expected?: string;
}

/** The fields that a schema refuses; of an unknown one, its own name. */
export const fieldProblems = ({ issues }: { readonly issues: readonly Issue[] }): FieldProblem[] =>
  issues.flatMap(problemsOf);

function problemsOf(issue: Issue): FieldProblem[] {
  const path = issue.path.map(String);
  if (issue.keys !== undefined) {
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
function wording(issue: Issue, isField: boolean): string {
  if (issue.code !== "invalid_type" || !issue.message.startsWith("Invalid input")) return issue.message;
  if (isField && issue.message.endsWith("received undefined")) return "is missing";
  return `has to be ${/^[aeiou]/.test(issue.expected ?? "") ? "an" : "a"} ${issue.expected}`;
}
