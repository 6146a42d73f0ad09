import { initTRPC, lazy } from "@trpc/server";
import { z } from "zod";

/** Values travel as they are here, so every type must be written as the server has it. */
const t = initTRPC.create({
  transformer: { serialize: (value) => value, deserialize: (value) => value },
});

interface Owner {
  readonly id: string;
  since: Date;
}

export interface Folder {
  name: string;
  owner?: Owner;
  children: Folder[];
  byName: Map<string, Folder>;
}

interface Page<Item> {
  readonly items: readonly Item[];
  next?: string;
}

type Result<Value, Failure extends string> = { ok: true; value: Value } | { ok: false; failure: Failure };

declare const orderIdSymbol: unique symbol;
type OrderId = string & { readonly [orderIdSymbol]: true };
type Metres = number & { readonly __unit: "m" };

type Expression =
  | { kind: "literal"; value: bigint }
  | { kind: "sum"; terms: readonly Expression[] }
  | { kind: "call"; name: string; arguments: Record<string, Expression> };

type Linked<Value> = { value: Value; next: Linked<Value> | null };

/** JSON as Prisma declares it. */
type PrismaJson = string | number | boolean | null | { [Key in string]?: PrismaJson } | PrismaJsonArray;
interface PrismaJsonArray extends Array<PrismaJson> {}

const LooseNode = z.looseObject({
  name: z.string(),
  get children() {
    return z.array(LooseNode);
  },
});

/** Makes the procedures of a collection. */
function collection<Item extends z.ZodObject>(item: Item) {
  return {
    /** Finds one. */
    find: t.procedure.input(z.object({ id: z.string() })).query((): z.output<Item> | undefined => undefined),
    add: t.procedure.input(item).mutation(({ input }) => ({ added: [input] as const })),
  };
}

const folders = t.router({
  root: t.procedure.query((): Folder => ({ name: "", children: [], byName: new Map() })),
  owners: t.procedure.query((): Page<Owner> => ({ items: [] })),
  tryIt: t.procedure.query(
    (): Result<Folder, "missing" | "forbidden"> => ({ ok: false, failure: "missing" }),
  ),
});

export const appRouter = t.router({
  folders,
  users: collection(z.object({ id: z.string(), born: z.date().optional() })),
  late: lazy(() => Promise.resolve({ folders })),
  dates: t.procedure.input(z.date()).query(({ input }) => [input, { at: input }] as const),
  optionals: t.procedure
    .input(z.object({ a: z.number().optional(), b: z.number().exactOptional() }))
    .query((): { a?: number; b?: number | undefined; c: undefined; d?: undefined } => ({ c: undefined })),
  unknowns: t.procedure
    .input(z.unknown())
    .query(({ input }) => ({ input, any: JSON.parse("1"), never: [] as never[] })),
  // biome-ignore lint/suspicious/noConfusingVoidType: it is there to be kept.
  primitives: t.procedure.query((): [bigint, symbol, void, 1n, -1, true, 'a"b', object] => {
    throw new Error();
  }),
  brands: t.procedure
    .input(z.object({ length: z.custom<Metres>() }))
    .query((): { length: Metres } => ({ length: 1 as Metres })),
  orderId: t.procedure.query(() => "1" as OrderId),
  expression: t.procedure.input(z.custom<Expression>()).query(({ input }) => input),
  linked: t.procedure.query((): Linked<Date> => ({ value: new Date(), next: null })),
  tuple: t.procedure.query((): readonly [first: Date, second?: string, ...rest: (number | null)[]] => [
    new Date(),
  ]),
  spread: t.procedure.query((): [...string[], end: boolean] => [true]),
  lists: t.procedure.query(
    (): { a: readonly string[][]; b: (readonly (1 | 2)[])[]; c: Array<"x" | undefined> } => ({
      a: [],
      b: [],
      c: [],
    }),
  ),
  indexed: t.procedure.query((): { readonly [key: string]: Date | undefined; fixed: Date } => ({
    fixed: new Date(),
  })),
  numbered: t.procedure.query(
    (): { [index: number]: string; [tag: `data-${string}`]: string | null } => ({}),
  ),
  templates: t.procedure.query((): `${"a" | "b"}-${number}` | Lowercase<`X${string}`> => "a-1"),
  intersection: t.procedure.query((): { a: 1 } & ({ b: 2 } | { c: 3 }) => ({ a: 1, b: 2 })),
  library: t.procedure.query(
    (): { set: ReadonlySet<URL>; bytes: Uint8Array; error: RegExp; promise: Promise<number> } => {
      throw new Error();
    },
  ),
  constants: t.procedure.query(() => ({ level: 3, tags: ["x"], deep: { flag: true } }) as const),
  iterable: t.procedure.query(async function* (): AsyncGenerator<Date, "done", undefined> {
    yield new Date();
    return "done";
  }),
  events: t.procedure.subscription(async function* ({ signal }) {
    if (signal?.aborted !== true) yield { at: new Date() };
  }),
  partial: t.procedure
    .input(z.object({ a: z.string(), b: z.date() }).partial().strict())
    .query(({ input }) => input),
  loose: t.procedure.input(z.looseObject({ id: z.string() })).query(({ input }) => input),
  prismaJson: t.procedure.input(z.custom<PrismaJson>()).query(({ input }) => ({ input })),
  file: t.procedure
    .input(z.object({ file: z.file(), blob: z.instanceof(Blob) }))
    .mutation(({ input }) => input),
  looseNode: t.procedure.input(LooseNode).query(({ input }) => input),
  caughtAll: t.procedure
    .input(z.object({ a: z.string().optional(), at: z.date() }).catchall(z.number()))
    .query(({ input }) => input),
  caught: t.procedure
    .input(z.object({ n: z.coerce.number(), s: z.string().transform((s) => s.length) }))
    .query(({ input }) => input),
});

export type AppRouter = typeof appRouter;
