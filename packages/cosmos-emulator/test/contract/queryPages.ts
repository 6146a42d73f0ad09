import type { Container } from "@azure/cosmos";
import { expect } from "vitest";
import type { WireAnswer } from "../httpsRequest.ts";
import { docsPath, type TestAccount } from "./account.ts";

/** A query as it is sent without an SDK. */
export interface RawQuery {
  readonly text: string;
  readonly parameters?: readonly { readonly name: string; readonly value: unknown }[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends one query request. */
export function sendQuery(
  account: TestAccount,
  container: Container,
  { text, parameters = [], headers = {} }: RawQuery,
): Promise<WireAnswer> {
  return account.raw({
    method: "POST",
    path: docsPath(container),
    headers: { "content-type": "application/query+json", "x-ms-documentdb-isquery": "true", ...headers },
    body: JSON.stringify({ query: text, parameters }),
  });
}

/** The header that confines a query to the first physical partition: of a container that has one, to all of it. */
export const firstRange = { "x-ms-documentdb-partitionkeyrangeid": "0" } as const;

/** The rows of an answer. */
export function rowsIn(answer: WireAnswer): unknown[] {
  expect([answer.status, answer.status === 200 ? "" : answer.text]).toEqual([200, ""]);
  return answer.json()["Documents"] as unknown[];
}

/** The continuation of an answer, where there is one. */
export function continuationOf(answer: WireAnswer): string | undefined {
  const value = answer.headers["x-ms-continuation"];
  return typeof value === "string" ? value : undefined;
}

/** All rows of a query, page by page; `between` runs after each page but the last. */
export async function readPages(
  account: TestAccount,
  container: Container,
  query: RawQuery,
  size: number,
  between: (page: number) => Promise<void> = () => Promise.resolve(),
): Promise<unknown[]> {
  const rows: unknown[] = [];
  let continuation: string | undefined;
  for (let page = 0; ; page += 1) {
    const answer = await sendQuery(account, container, {
      ...query,
      headers: {
        ...query.headers,
        "x-ms-max-item-count": String(size),
        ...(continuation === undefined ? {} : { "x-ms-continuation": continuation }),
      },
    });
    const found = rowsIn(answer);
    expect(found.length).toBeLessThanOrEqual(size === -1 ? 1_000 : size);
    rows.push(...found);
    continuation = continuationOf(answer);
    if (continuation === undefined) return rows;
    await between(page);
  }
}
