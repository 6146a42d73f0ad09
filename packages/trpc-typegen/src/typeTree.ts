/**
 * A type as it will be written: what was read from the compiler, without the compiler. Object trees may contain
 * themselves, as recursive types do; every such cycle passes through an object, an array, a tuple or a global's
 * arguments, because TypeScript allows no other.
 */
export type TypeTree =
  | TextTree
  | ReferenceTree
  | ArrayTree
  | TupleTree
  | UnionTree
  | IntersectionTree
  | TemplateTree
  | ObjectTree;

/** A keyword or a literal, written as it stands. */
export interface TextTree {
  readonly kind: "text";
  readonly text: string;
}

/** A type that the reader of the file already has by name: `Date`, `Map<string, Item>`, `TRPCDefaultErrorShape`. */
export interface ReferenceTree {
  readonly kind: "reference";
  readonly name: string;
  /** Where the name comes from: the language's own libraries, `@trpc/server`, or the generated file. */
  readonly from: "library" | "trpc" | "file";
  readonly typeArguments: readonly TypeTree[];
}

/** `T[]` or `readonly T[]`. */
export interface ArrayTree {
  readonly kind: "array";
  readonly element: TypeTree;
  readonly isReadonly: boolean;
}

/** `[a: string, b?: number, ...rest: boolean[]]` */
export interface TupleTree {
  readonly kind: "tuple";
  readonly elements: readonly TupleElement[];
  readonly isReadonly: boolean;
}

/** One place of a tuple. `spread` is a rest element's array, or a whole spread-in type. */
export interface TupleElement {
  readonly label: string | undefined;
  readonly form: "required" | "optional" | "rest" | "spread";
  readonly type: TypeTree;
}

/** `A | B`, in an order that depends on the members alone. */
export interface UnionTree {
  readonly kind: "union";
  readonly members: readonly TypeTree[];
  readonly suggestion: NameSuggestion | undefined;
}

/** `A & B`, in the order of the source, which has a meaning for overlapping properties. */
export interface IntersectionTree {
  readonly kind: "intersection";
  readonly members: readonly TypeTree[];
  readonly suggestion: NameSuggestion | undefined;
}

/** A template literal type; there is one more text than there are holes. */
interface TemplateTree {
  readonly kind: "template";
  readonly texts: readonly string[];
  readonly holes: readonly TypeTree[];
}

/** Properties and index signatures. */
export interface ObjectTree {
  readonly kind: "object";
  readonly properties: readonly PropertyTree[];
  readonly indexes: readonly IndexTree[];
  /**
   * Properties beside an index signature of which only a mapped type can say so: they do not fit it, or it is a record's.
   * zod's loose objects and those with `catchall` are made that way.
   */
  readonly isMerged: boolean;
  /** An interface or a class, which unlike a type literal never gets an implicit index signature. */
  readonly isInterface: boolean;
  readonly suggestion: NameSuggestion | undefined;
}

/** One property of an object. */
export interface PropertyTree {
  /** As it is written: an identifier, a quoted name, a number, or `[brand]`. */
  readonly key: string;
  readonly isOptional: boolean;
  readonly isReadonly: boolean;
  readonly documentation: string | undefined;
  readonly type: TypeTree;
}

/** `[key: string]: T` */
export interface IndexTree {
  readonly key: TypeTree;
  readonly isReadonly: boolean;
  /** `Record<string, T>`, which has `string` for its `keyof`; an index signature has `string | number`. */
  readonly isRecord: boolean;
  readonly type: TypeTree;
}

/** What the source calls a type. */
export interface NameSuggestion {
  readonly name: string;
  /** A name from the project's own files is used wherever it fits; one from a package only where a name is needed. */
  readonly isOwn: boolean;
  readonly documentation: string | undefined;
}

/** @returns the tree for a keyword or a literal */
export function textTree(text: string): TextTree {
  return { kind: "text", text };
}

/** The generated file's name for a value that tRPC's types must not serialize once more. */
export const deliveredType = "Delivered";

/** @returns the tree for what JSON delivers, where tRPC's types would change it a second time */
export function deliveredTree(value: TypeTree): ReferenceTree {
  return { kind: "reference", name: deliveredType, from: "file", typeArguments: [value] };
}

/** The generated file's name for what makes one object of an intersection's parts. */
export const mergedType = "Merged";

/** @returns whether a file of these types needs it */
export const isMergedUsed = (trees: Iterable<TypeTree>): boolean =>
  [...trees].some((tree) => tree.kind === "object" && tree.isMerged);

/** @returns the trees directly inside a tree, in the order in which they are written */
export function childrenOf(tree: TypeTree): readonly TypeTree[] {
  switch (tree.kind) {
    case "text":
      return [];
    case "reference":
      return tree.typeArguments;
    case "array":
      return [tree.element];
    case "tuple":
      return tree.elements.map((element) => element.type);
    case "union":
    case "intersection":
      return tree.members;
    case "template":
      return tree.holes;
    case "object":
      return [
        ...tree.indexes.flatMap((index) => [index.key, index.type]),
        ...tree.properties.map((property) => property.type),
      ];
  }
}
