/** The types behind filters, orders and patches: an item's paths, and what is at each. */

/** A value that filters compare and orders sort. */
export type Scalar = string | number | boolean | null;

/** Steps that types of paths go down; deeper ones can be filtered by where a schema is open. */
type Deeper = [never, 0, 1, 2, 3, 4, 5];

type IsOpen<Value> = string extends keyof Value ? true : false;

/** The paths of everything in a value: objects, and what is in them. An open object's are patterns. */
export type PathOf<Value, Depth extends number = 5> = Depth extends 0
  ? never
  : Value extends readonly unknown[] | Scalar | undefined
    ? never
    : Value extends object
      ? IsOpen<Value> extends true
        ? string
        : { [Name in keyof Value & string]: Name | Below<Name, Value[Name], Deeper[Depth]> }[keyof Value &
            string]
      : never;

type Below<Name extends string, Value, Depth extends number> = Value extends object
  ? PathOf<Value, Depth> extends infer Rest extends string
    ? `${Name}.${Rest}`
    : never
  : never;

/** What is at a path of a value. */
export type ValueAt<Value, Path extends string> = Value extends readonly unknown[] | Scalar | undefined
  ? never
  : Path extends keyof Value
    ? Value[Path]
    : Path extends `${infer Name}.${infer Rest}`
      ? Name extends keyof Value
        ? IsOpen<NonNullable<Value[Name]>> extends true
          ? Open
          : ValueAt<NonNullable<Value[Name]>, Rest>
        : never
      : never;

/** What may be below an open object: any JSON, of which filters compare the scalars. */
type Open = Scalar | readonly Scalar[] | { readonly [name: string]: Scalar };

/** The paths at which scalars may be. */
export type ScalarPathOf<Item> =
  PathOf<Item> extends infer Path
    ? Path extends string
      ? Extract<ValueAt<Item, Path>, Scalar> extends never
        ? never
        : Path
      : never
    : never;
