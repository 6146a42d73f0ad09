import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { root } from "./processes.ts";

/** What vitest's JSON reporter says of a run. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** The first lines of what a failure says: enough to know it by. */
const shown = 12;

function told(what: string, messages: readonly string[]): string {
  const lines = stripVTControlCharacters(messages.join("\n"))
    .split("\n")
    .filter((line) => !/^ +at .*(node_modules|<anonymous>)/.test(line))
    .slice(0, shown);
  return [`failed: ${what}`, ...lines.map((line) => `    ${line}`)].join("\n");
}

// The demo counts as one test; its exit code is the argument.
const isDemoFine = process.argv[2] === "0";
const total = { passed: isDemoFine ? 1 : 0, failed: isDemoFine ? 0 : 1, skipped: 0 };
const failures: string[] = isDemoFine ? [] : [told("the demo", [])];
const files = globSync("{{apps,packages}/*,scripts}/test-results.json", { cwd: root });
for (const file of files) {
  const report = JSON.parse(readFileSync(join(root, file), "utf8")) as Report;
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests;
  total.skipped += report.numPendingTests + report.numTodoTests;
  for (const { name, status: fileStatus, message, assertionResults } of report.testResults) {
    const inFile = `${dirname(file)}${name.split(dirname(file)).at(-1)}`;
    // A file that cannot be loaded has no tests to count, and one whose process was ended has no failed one.
    if (fileStatus === "failed" && !assertionResults.some(({ status }) => status === "failed")) {
      failures.push(told(inFile, [message || "It was not run to its end."]));
      total.failed += 1;
    }
    for (const { fullName, status, failureMessages } of assertionResults) {
      if (status === "failed") failures.push(told(`${inFile} > ${fullName}`, failureMessages));
    }
  }
}
// What failed stands again at the end: in a log of many packages its first telling is far above.
for (const failure of failures) console.log(failure);
const skipped = total.skipped === 0 ? "" : `, ${total.skipped} skipped`;
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
