/** A JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Kinds of a value that a filter compares, an order sorts, and a partition key takes. */
export type ScalarKind = "string" | "number" | "boolean" | "null";

/**
 * What an API is, as data: made from its router, kept beside the client's types, and checked for staleness like them.
 * Whatever works for any API reads it: the command line, the page, the infrastructure. Nothing else describes an entity
 * at run time.
 */
export interface Manifest {
  /** Of this form. */
  readonly manifestVersion: 1;
  /** What the API is called, for people. */
  readonly title: string;
  readonly description?: string;
  /** Every procedure by its path in the router: `orders.get`, `transfers.make`. */
  readonly procedures: Readonly<Record<string, ProcedureManifest>>;
  /** Every entity by its name, which is also the path of its procedures: `orders` has `orders.get`. */
  readonly entities: Readonly<Record<string, EntityManifest>>;
}

/** A procedure of the router. */
export interface ProcedureManifest {
  readonly type: "query" | "mutation" | "subscription";
  /** What it does, in a sentence. */
  readonly description?: string;
  /** What it takes; absent where it takes nothing. */
  readonly input?: JsonSchema;
  /** What it gives; absent where its router does not say. */
  readonly output?: JsonSchema;
  /** Whether a mutation leaves the same behind when it is made twice. */
  readonly isIdempotent?: true;
  /** Its plain HTTP route, where it has one: `/api/transfers/{id}`. */
  readonly http?: { readonly method: string; readonly path: string };
}

/** An entity: items of one container, under one name. */
export interface EntityManifest {
  readonly container: ContainerManifest;
  /** What names an item: its id first, then the partition key's fields, the outermost first. */
  readonly key: readonly KeyFieldManifest[];
  /** What an item is when it is written. */
  readonly item: JsonSchema;
  /** What an item is when it is answered: with the service's `_etag` and `_ts`. */
  readonly stored: JsonSchema;
  /** Its fields as columns of a table or a CSV, in the schema's order, the service's at the end. */
  readonly columns: readonly ColumnManifest[];
  /** The paths that a filter may name, with what may be asked of each. */
  readonly filters: readonly FilterPathManifest[];
  /** The orders that an index serves. */
  readonly orders: {
    /** Paths that a list is sorted by alone, in either direction. */
    readonly single: readonly string[];
    /** Orders by several paths; each is served turned round, too. */
    readonly composite: readonly (readonly (readonly [path: string, direction: "asc" | "desc"])[])[];
  };
}

/** A field of an item's key. */
export interface KeyFieldManifest {
  /** Its path as filters write it: `id`, `pk`, `address.city`. */
  readonly name: string;
  /** The names from an item's root down. */
  readonly path: readonly string[];
  readonly kinds: readonly ScalarKind[];
  /** Whether a caller may leave it out, and the schema fills it in, such as from the id. */
  readonly isOptional: boolean;
}

/** A column: a field of an item, or of an object in it. */
export interface ColumnManifest {
  /** Its path as filters write it: `name`, `data`, `address.city`. */
  readonly name: string;
  /** The names from an item's root down. */
  readonly path: readonly string[];
  /** What may stand there. */
  readonly kinds: readonly ScalarKind[];
  /** What the elements may be, where it may be a list. */
  readonly elements?: readonly ScalarKind[];
  /** Whether it may be an object whose fields are no columns of their own, or any JSON. */
  readonly isObject: boolean;
  /** Whether it may be any JSON: nothing is known of what is below it. */
  readonly isOpen: boolean;
  /** Whether an item that is written may leave it out. */
  readonly isOptional: boolean;
  /** Whether only the service writes it: `_etag`, `_ts`. */
  readonly isReadOnly: boolean;
  readonly description?: string;
}

/** A path that a filter may name. */
export interface FilterPathManifest {
  readonly name: string;
  readonly kinds: readonly ScalarKind[];
  readonly operators: readonly string[];
  /** Whether paths below it may be named too: it is open. */
  readonly isOpen: boolean;
}

/** A container as the service has it: what the infrastructure makes. */
export interface ContainerManifest {
  readonly id: string;
  readonly partitionKey: {
    readonly paths: readonly string[];
    readonly kind: "Hash" | "MultiHash";
    readonly version: 2;
  };
  readonly indexingPolicy?: JsonSchema;
  readonly defaultTtl?: number;
}
