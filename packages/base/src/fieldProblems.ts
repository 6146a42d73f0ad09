import { type Issue, issueWording } from "./issueWording.ts";

/** A field of the input and what is wrong with it. */
export interface FieldProblem {
  /** Where it is: `data.size`, `tags.0`; empty for the input as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Fields that an error names, at most: the input may have any number of wrong ones. */
export const maxNamedFields = 50;

/** The fields that a schema refuses; of an unknown one, its own name. Those past {@link maxNamedFields} have no names. */
export function fieldProblems({ issues }: { readonly issues: readonly Issue[] }): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const issue of issues) {
    for (const key of issue.keys ?? noKey) {
      problems.push(problems.length < maxNamedFields ? problemOf(issue, key) : unnamed);
    }
  }
  return problems;
}

const noKey = [undefined];

/** What stands for each problem that is counted and not named: to word a million of them takes seconds. */
const unnamed: FieldProblem = { path: "", message: "is wrong" };

function problemOf(issue: Issue, key: string | undefined): FieldProblem {
  const path = issue.path.map(String);
  if (key === undefined) return { path: path.join("."), message: issueWording(issue, path.length > 0) };
  return {
    path: [...path, key].join("."),
    message: key === "ifMatch" && path.length === 0 ? besideItem : "is not a known field",
  };
}

/** What to say of a condition that came as a field. */
const besideItem = "is no field of an item: give it beside the item, as [item, { ifMatch }]";
