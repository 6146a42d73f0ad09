import type { RouterInputs } from "@cosmos-trpc/client";

/** What a field of an item is, as far as reading it from text depends on it. */
type FieldKind = "text" | "texts" | "number" | "json";

/** The fields of an item that can be written. The type check sees that they are the API's. */
export const writableFields = {
  id: "text",
  pk: "text",
  name: "text",
  tags: "texts",
  data: "json",
  ttl: "number",
} as const satisfies Record<Exclude<keyof RouterInputs["items"]["upsert"], "ifMatch">, FieldKind>;

/** Fields that come with an item and cannot be written. */
export const givenFields = ["etag", "updatedAt"] as const;

const kinds: ReadonlyMap<string, FieldKind> = new Map(Object.entries(writableFields));

/** What the field is that a path begins with; anything where it is none of an item's, for the server to refuse. */
export function fieldKind(path: string): FieldKind {
  const [, pointer, plain] = /^(?:\/([^/]*)|([^.]*))/.exec(path) ?? [];
  const root = pointer ?? plain ?? "";
  return kinds.get(root) ?? ((givenFields as readonly string[]).includes(root) ? "text" : "json");
}
