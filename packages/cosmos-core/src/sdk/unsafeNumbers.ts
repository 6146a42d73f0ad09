import type { HttpClient } from "@azure/core-rest-pipeline";
import { isRecord, type JsonPath, pathText, unsafeNumbers, valueAt } from "@cosmos-trpc/base";
import { unsafeNumbersField } from "../definition/document.ts";
import type { FieldProblem } from "../errors/errors.ts";

/**
 * Has documents say which of their numbers a double cannot hold. Cosmos DB keeps 64-bit integers, as programs in other
 * languages write them, and `JSON.parse` rounds them. Source: github.com/Azure/azure-sdk-for-js, issue 13645.
 */
export const noteUnsafeNumbers = (http: HttpClient): HttpClient => ({
  async sendRequest(request) {
    const response = await http.sendRequest(request);
    const { bodyAsText } = response;
    if (typeof bodyAsText === "string") response.bodyAsText = withUnsafeNumbers(bodyAsText);
    return response;
  },
});

type NotedDocument = Record<string, FieldProblem[]>;

/** An answer in which each document has its numbers that are lost beside its fields. */
export function withUnsafeNumbers(text: string): string {
  const numbers = unsafeNumbers(text);
  if (numbers.length === 0) return text;
  const answer: unknown = JSON.parse(text);
  for (const { path, literal } of numbers) {
    const depth = depthOfDocument(answer, path);
    const document = valueAt(answer, path.slice(0, depth)) as unknown as NotedDocument;
    document[unsafeNumbersField] ??= [];
    document[unsafeNumbersField]?.push({
      path: pathText(path.slice(depth)),
      message: `has the number ${literal}, which a double-precision number cannot hold: have it written as a string`,
    });
  }
  return JSON.stringify(answer);
}

/** How deep the document of a path is: in a page, in a batch's answers, or the answer itself. */
function depthOfDocument(answer: unknown, [first, second]: JsonPath): number {
  if (Array.isArray(answer)) return second === "resourceBody" ? 2 : 0;
  // Every document has an id, and a page has none: an item may have a field called Documents.
  return first === "Documents" && isRecord(answer) && !Object.hasOwn(answer, "id") ? 2 : 0;
}
