import { initTRPC, lazy, TRPCError, tracked } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import { z } from "zod";

/** Values travel as JSON here: what JSON changes or drops must show. */
const t = initTRPC.context<{ readonly secretDatabase: string }>().create({
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, reason: error.cause === undefined ? ("internal" as const) : ("invalid" as const) },
  }),
});

/** An item as it is stored. */
export const itemSchema = z
  .object({
    /** Names the item within its partition. */
    id: z.string().min(1).describe("1 to 1,023 bytes of UTF-8."),
    pk: z.string().optional().meta({ description: "The partition key; by default the id." }),
    name: z.string().default("unnamed"),
    tags: z.array(z.string()).readonly().optional(),
    data: z.record(z.string(), z.unknown()).optional(),
  })
  .describe("What the store keeps.");

/** How far an item has come. */
export const stateSchema = z.enum(["open", "closed", "archived"]);

export interface Stored {
  readonly etag: string;
  /** When it was last written. */
  updatedAt: Date;
  item: z.infer<typeof itemSchema>;
}

interface Comment {
  text: string;
  replies: Comment[];
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

// biome-ignore lint/style/noEnum: other people have enums.
enum Level {
  Low = 1,
  High = 2,
}

// biome-ignore lint/style/noEnum: other people have enums.
export enum Colour {
  Red = "red",
  Green = "green",
}

const Category = z.object({
  name: z.string(),
  get subcategories() {
    return z.array(Category);
  },
});

export const shapeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("circle"), radius: z.number() }),
  z.object({ kind: z.literal("square"), side: z.number().optional() }),
]);

/** What the store keeps of an old track: the file writes `Record<string, …>`, which this is not. */
export const recordSchema = z.object({ title: z.string(), side: z.enum(["a", "b"]) });

/** JSON as Prisma declares it. */
type PrismaJson = string | number | boolean | null | { [Key in string]?: PrismaJson } | PrismaJsonArray;
interface PrismaJsonArray extends Array<PrismaJson> {}

class Point {
  x = 0;
  y = 0;
  distance(): number {
    return Math.hypot(this.x, this.y);
  }
}

/** Reads one page. */
function page<Item extends z.ZodType>(item: Item) {
  return t.procedure
    .input(z.object({ cursor: z.string().nullish(), limit: z.number().int().max(100).default(20) }))
    .output(z.object({ items: z.array(item), next: z.string().optional() }))
    .query(() => {
      throw new TRPCError({ code: "NOT_IMPLEMENTED" });
    });
}

/** Everything about comments. */
const commentsRouter = t.router({
  /** The whole thread. */
  thread: t.procedure.query((): Comment => ({ text: "", replies: [] })),
  category: t.procedure
    .input(Category)
    .output(Category)
    .query(({ input }) => input),
});

const itemsRouter = t.router({
  /**
   * Reads one item.
   * @deprecated Use `getMany`.
   */
  get: t.procedure
    .input(z.object({ id: z.string() }))
    .query(({ input }): Stored => ({ etag: "", updatedAt: new Date(), item: { id: input.id, name: "" } })),
  upsert: t.procedure
    .input(itemSchema)
    .output(itemSchema)
    .mutation(({ input }) => input),
  list: page(itemSchema),
  pages: page(z.string()),
});

const first = t.router({ ping: t.procedure.query(() => "pong" as const) });
const second = t.router({
  echo: t.procedure.input(z.unknown()).query(({ input }) => input),
  anything: t.procedure.input(z.any()).query(({ input }) => input),
});

const oddities = t.router({
  dates: t.procedure.query(() => ({
    at: new Date(),
    maybe: undefined as Date | undefined,
    list: [new Date()],
  })),
  dropped: t.procedure.query(() => ({ kept: 1, absent: undefined, nothing: null })),
  collections: t.procedure.query(() => ({
    map: new Map<string, number>(),
    set: new Set<Date>(),
    big: 1n as unknown,
  })),
  point: t.procedure.query(() => new Point()),
  loose: t.procedure.input(z.looseObject({ id: z.string() })).query(({ input }) => input),
  caughtAll: t.procedure
    .input(z.object({ a: z.string().optional(), at: z.date() }).catchall(z.number()))
    .query(({ input }) => input),
  prismaJson: t.procedure.input(z.custom<PrismaJson>()).query(({ input }) => ({ input })),
  buffer: t.procedure.query(() => ({ bytes: Buffer.from("a") })),
  optionals: t.procedure
    .input(
      z.object({
        a: z.string().optional(),
        b: z.string().exactOptional(),
        c: z.undefined(),
        d: z.string().nullish(),
      }),
    )
    .query((): { a?: string; b?: string | undefined; c: string | undefined; d?: Date | undefined } => ({
      c: undefined,
    })),
  indexed: t.procedure.query((): { [key: string]: Date; [tag: `x-${string}`]: Date } => ({})),
  mixed: t.procedure.query((): { known?: string; [key: string]: unknown } => ({})),
  mixedDates: t.procedure.query((): { known?: string; [key: string]: string | Date | undefined } => ({})),
  tuple: t.procedure
    .input(z.tuple([z.string(), z.number().optional()], z.boolean()))
    .query((): readonly [first: Date, second?: string, ...rest: number[]] => [new Date()]),
  templates: t.procedure
    .input(z.templateLiteral(["id-", z.number()]))
    .query((): `x${string}\`\${y}` | Uppercase<string> => "A"),
  records: t.procedure
    .input(z.partialRecord(stateSchema, z.number()))
    .output(z.record(stateSchema, z.date()))
    .query(() => ({ open: new Date(), closed: new Date(), archived: new Date() })),
  record: t.procedure
    .input(z.record(z.string(), z.number()))
    .output(recordSchema.array())
    .query(() => []),
  shape: t.procedure
    .input(shapeSchema.optional())
    .output(shapeSchema.nullable())
    .query(() => null),
  state: t.procedure
    .input(stateSchema.optional())
    .output(z.array(stateSchema))
    .query(() => []),
  json: t.procedure.input(z.json()).query((): JsonValue => null),
  enums: t.procedure
    .input(z.object({ level: z.enum(Level), colour: z.nativeEnum(Colour).optional() }))
    .query((): Level | null => null),
  intersection: t.procedure
    .input(z.intersection(z.object({ a: z.string() }), z.object({ b: z.date() })))
    .query(({ input }) => input),
  branded: t.procedure
    .input(z.string().brand<"UserId">())
    .output(z.string().brand<"UserId">())
    .query(({ input }) => input as never),
  file: t.procedure.input(z.instanceof(FormData)).mutation(() => undefined),
  bytes: t.procedure.input(z.instanceof(Uint8Array)).mutation(() => undefined),
  nothing: t.procedure.mutation(() => {}),
  never: t.procedure.mutation((): never => {
    throw new Error();
  }),
  iterable: t.procedure.query(async function* () {
    yield { at: new Date() };
    return 1 as const;
  }),
  toJson: t.procedure.query(() => ({ toJSON: () => ({ at: new Date() }) })),
  "quoted-name": t.procedure
    .input(z.object({ "a-b": z.string(), 1: z.number() }))
    .query(() => ({ "x y": 1 })),
  failing: t.procedure
    .errors(({ shape, error }) =>
      error.code === "CONFLICT"
        ? { ...shape, data: { ...shape.data, currentEtag: "e" as string | null } }
        : undefined,
    )
    .query(() => 1),
});

const events = t.router({
  /** Every change, in order. */
  watch: t.procedure
    .input(z.object({ lastEventId: z.string().nullish() }).optional())
    .subscription(async function* () {
      yield tracked("1", { kind: "upsert" as const, at: new Date() });
    }),
  ticks: t.procedure.subscription(async function* () {
    yield 1;
  }),
  old: t.procedure.subscription(() => observable<{ at: Date }>(() => () => undefined)),
});

/** The API. */
export const appRouter = t.mergeRouters(
  first,
  second,
  t.router({
    items: itemsRouter,
    comments: commentsRouter,
    oddities,
    /** Loaded late. */
    late: lazy(() => Promise.resolve(events)),
    plain: { nested: { deep: t.procedure.query(() => [1, 2] as const) } },
  }),
);
