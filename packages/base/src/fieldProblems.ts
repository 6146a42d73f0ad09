import { type Issue, issueWording } from "./issueWording.ts";

/** A field of the input and what is wrong with it. */
export interface FieldProblem {
  /** Where it is: `data.size`, `tags.0`; empty for the input as a whole. */
  readonly path: string;
  readonly message: string;
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
  return [{ path: path.join("."), message: issueWording(issue, path.length > 0) }];
}

/** What to say of a condition that came as a field. */
const besideItem = "is no field of an item: give it beside the item, as [item, { ifMatch }]";
