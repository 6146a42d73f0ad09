import type { ColumnManifest, EntityManifest, Manifest } from "@cosmos-trpc/base";

const column = (name: string, more: Partial<ColumnManifest> = {}): ColumnManifest => ({
  name,
  path: name.split("."),
  kinds: ["string"],
  isObject: false,
  isOpen: false,
  isOptional: false,
  isReadOnly: false,
  ...more,
});
const ops = ["eq", "ne", "lt", "lte", "gt", "gte", "in", "contains", "startsWith", "exists"];
const num = ["eq", "ne", "lt", "lte", "gt", "gte", "in", "exists"];
const any = ["string", "number", "boolean", "null"] as const;
const service = [
  column("_etag", { isReadOnly: true }),
  column("_ts", { kinds: ["number"], isReadOnly: true }),
];
const container = (id: string, paths: string[]) => ({
  id,
  partitionKey: {
    paths,
    kind: paths.length > 1 ? ("MultiHash" as const) : ("Hash" as const),
    version: 2 as const,
  },
});
const items: EntityManifest = {
  container: container("items", ["/pk"]),
  key: [
    { name: "id", path: ["id"], kinds: ["string"], isOptional: false },
    { name: "pk", path: ["pk"], kinds: ["string"], isOptional: true },
  ],
  item: {
    type: "object",
    properties: {
      id: { type: "string" },
      pk: { type: "string" },
      name: { type: "string" },
      tags: { type: "array", items: { type: "string" } },
      data: { type: "object", additionalProperties: true },
      ttl: { type: "integer" },
    },
    required: ["id"],
    additionalProperties: false,
  },
  stored: {},
  columns: [
    column("id"),
    column("pk", { isOptional: true }),
    column("name", { isOptional: true }),
    column("tags", { kinds: [], elements: ["string"], isOptional: true }),
    column("data", { kinds: [], isObject: true, isOpen: true, isOptional: true }),
    column("ttl", { kinds: ["number"], isOptional: true }),
    ...service,
  ],
  filters: [
    { name: "id", kinds: ["string"], operators: ops, isOpen: false },
    { name: "pk", kinds: ["string"], operators: ops, isOpen: false },
    { name: "name", kinds: ["string"], operators: ops, isOpen: false },
    { name: "tags", kinds: [], operators: ["contains", "exists"], isOpen: false },
    { name: "data", kinds: [...any], operators: ops, isOpen: true },
    { name: "ttl", kinds: ["number"], operators: num, isOpen: false },
    { name: "_ts", kinds: ["number"], operators: num, isOpen: false },
  ],
  orders: { single: ["id", "pk", "name", "ttl", "_ts"], composite: [] },
};
const orders: EntityManifest = {
  container: container("orders", ["/tenant", "/customer"]),
  key: [
    { name: "id", path: ["id"], kinds: ["string"], isOptional: false },
    { name: "tenant", path: ["tenant"], kinds: ["string"], isOptional: false },
    { name: "customer", path: ["customer"], kinds: ["number"], isOptional: false },
  ],
  item: {
    type: "object",
    properties: {
      id: { type: "string" },
      tenant: { type: "string" },
      customer: { type: "integer" },
      status: { enum: ["open", "paid", "sent"] },
      total: { type: "number" },
      lines: {
        type: "array",
        items: {
          type: "object",
          properties: { sku: { type: "string" }, count: { type: "integer" } },
          required: ["sku", "count"],
        },
      },
    },
    required: ["id", "tenant", "customer", "total", "lines"],
    additionalProperties: false,
  },
  stored: {},
  columns: [
    column("id"),
    column("tenant"),
    column("customer", { kinds: ["number"] }),
    column("status", { isOptional: true }),
    column("total", { kinds: ["number"] }),
    column("lines", { kinds: [], elements: [] }),
    ...service,
  ],
  filters: [
    ...["id", "tenant", "status"].map((name) => ({
      name,
      kinds: ["string"] as const,
      operators: ops,
      isOpen: false,
    })),
    ...["customer", "total", "_ts"].map((name) => ({
      name,
      kinds: ["number"] as const,
      operators: num,
      isOpen: false,
    })),
    { name: "lines", kinds: [], operators: ["contains", "exists"], isOpen: false },
  ],
  orders: {
    single: ["id", "total", "_ts"],
    composite: [
      [
        ["status", "asc"],
        ["total", "desc"],
      ],
    ],
  },
};
export const manifest: Manifest = {
  manifestVersion: 1,
  title: "Example",
  entities: { items, orders },
  procedures: {
    "transfers.make": {
      type: "mutation",
      description: "Moves stock from one item to another",
      input: {
        type: "object",
        properties: { from: { type: "string" }, to: { type: "string" }, amount: { type: "integer" } },
        required: ["from", "to", "amount"],
      },
    },
  },
};
