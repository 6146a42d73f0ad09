import type { IncomingMessage } from "node:http";
import { parsePath, UnsafeNumberError } from "@cosmos-trpc/base";
import { bareEtag, StoreError } from "@cosmos-trpc/cosmos-core/schema";
import { TRPCError } from "@trpc/server";
import { isStoreError, translateFailure } from "../errors.ts";
import type { Answer } from "./answer.ts";
import { type EntityAddress, listParameters } from "./entityAddress.ts";
import { ifMatchOf, isForNew, readCondition, refuseForNew } from "./entityTag.ts";
import { badRequest, unfulfilled } from "./problem.ts";
import { readJsonParameter, readParameters } from "./queryParameters.ts";
import { readJson } from "./readJson.ts";

/** An item as procedures give it. */
type Stored = Readonly<Record<string, unknown>> & { readonly _etag: string };

/** An entity's procedures, as plain HTTP calls them: their schemas check what they are given. */
export interface EntityCaller {
  get(input: unknown): Promise<Stored>;
  getMany(input: unknown): Promise<unknown>;
  create(input: unknown): Promise<Stored>;
  upsert(input: unknown): Promise<Stored>;
  replace(input: unknown): Promise<Stored>;
  patch(input: unknown): Promise<Stored>;
  delete(input: unknown): Promise<void>;
  list(input: unknown): Promise<{ readonly cursor?: string }>;
  bulk(input: unknown): Promise<unknown>;
}

/** One request of an entity's routes. */
interface EntityCall {
  readonly request: IncomingMessage;
  readonly caller: EntityCaller;
  readonly address: EntityAddress;
  /** The path of the entity's routes, with where they are mounted. */
  readonly base: string;
  readonly query: URLSearchParams;
  /** The id in the path; empty where there is none. */
  readonly id: string;
}

interface WriteOptions {
  readonly ifMatch?: string | undefined;
}

/** Answers a request of an entity's route. */
export type EntityHandler = (call: EntityCall) => Promise<Answer>;

/** The handlers of a route, by method. */
export type EntityHandlers = Readonly<Record<string, EntityHandler>>;

/** The routes of an entity by what follows its path, and by method. `HEAD` is `GET` without its body. */
export const entityRoutes = {
  /** `/api/cosmos/orders` */
  collection: { GET: list, POST: write },
  /** `/api/cosmos/orders/:id` */
  item: { GET: get, PUT: replace, PATCH: patch, DELETE: remove },
  /** `/api/cosmos/orders:getMany` */
  getMany: { POST: many("getMany") },
  /** `/api/cosmos/orders:bulk` */
  bulk: { POST: many("bulk") },
} as const satisfies Readonly<Record<string, EntityHandlers>>;

async function list({ caller, address, base, query }: EntityCall): Promise<Answer> {
  const parameters = readParameters(query, [...address.parameters, ...listParameters]);
  const [limit, cursor, where, orderBy, explain] = listParameters.map((name) => parameters.get(name));
  const page = await caller.list({
    pk: address.prefix(parameters),
    // What is no integer stays text, and is not rounded to one: the schema says what a limit is.
    limit: limit !== undefined && /^-?(0|[1-9]\d*)$/.test(limit) ? Number(limit) : limit,
    cursor,
    where: where === undefined ? undefined : readJsonParameter("where", where),
    orderBy: orderBy === undefined ? undefined : readOrder(orderBy),
    explain: explain === "true" ? true : explain === "false" ? false : explain,
  });
  if (page.cursor === undefined) return { status: 200, body: page, headers: revalidated };
  const next = new URLSearchParams([...parameters].filter(([name]) => name !== "cursor"));
  next.set("cursor", page.cursor);
  return { status: 200, body: page, headers: { ...revalidated, link: `<${base}?${next}>; rel="next"` } };
}

/** An order: `name`, `status:asc,total:desc`, or JSON, `[["name","asc"]]`. */
function readOrder(text: string): unknown {
  if (text.startsWith("[")) return readJsonParameter("orderBy", text);
  return text.split(",").map((key) => {
    const at = key.lastIndexOf(":");
    return at === -1 ? [key, "asc"] : [key.slice(0, at), key.slice(at + 1)];
  });
}

/** What is stored changes at any time: whatever keeps an answer has to ask again before it gives it to anybody. */
const revalidated = { "cache-control": "no-cache" } as const;

async function get({ request, caller, address, query, id }: EntityCall): Promise<Answer> {
  const item = await caller.get(address.key(id, readParameters(query, address.parameters)));
  const headers = { etag: item._etag, ...revalidated };
  switch (readCondition(request.headers, item._etag)) {
    case "not-modified":
      return { status: 304, headers };
    case "failed":
      throw unfulfilled("The item has another version than If-Match names.", { currentEtag: item._etag });
    default:
      return { status: 200, body: item, headers };
  }
}

async function write(call: EntityCall): Promise<Answer> {
  readParameters(call.query, []);
  const body = await readJson(call.request);
  return isForNew(call.request.headers)
    ? create(call, body)
    : created(call, await call.caller.upsert([body, await conditions(call, call.address.keyIn(body))]));
}

async function create(call: EntityCall, body: unknown): Promise<Answer> {
  try {
    return created(call, await call.caller.create(body));
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!isStoreError(cause) || cause.reason !== "conflict") throw error;
    // A condition of the request that does not hold. Source: RFC 9110, 13.1.2.
    throw translateFailure(new StoreError("precondition-failed", cause.message, cause, cause));
  }
}

const created = ({ address, base }: EntityCall, item: Stored): Answer => ({
  status: 201,
  body: item,
  headers: { etag: item._etag, location: base + address.of(item) },
});

async function replace(call: EntityCall): Promise<Answer> {
  const { request, caller, address, query, id } = call;
  const parameters = readParameters(query, address.parameters);
  const body = address.complete(await readJson(request), id, parameters);
  if (isForNew(request.headers)) return create(call, body);
  return written(await caller.replace([body, await conditions(call, address.key(id, parameters))]));
}

async function patch(call: EntityCall): Promise<Answer> {
  const { request, caller, address, query, id } = call;
  const key = address.key(id, readParameters(query, address.parameters));
  const body = await readJson(request).catch(refuseInPatch);
  refuseForNew(request.headers);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw badRequest([{ path: "body", message: "has to be an object of set, remove, increment, append" }]);
  }
  const { where, ...changes } = body as Record<string, unknown>;
  return written(await caller.patch([key, changes, { where, ...(await conditions(call, key)) }]));
}

/** Names numbers of a patch as its other problems: `set.data.a`, though `data.a` is one name there. */
function refuseInPatch(error: unknown): never {
  const cause = error instanceof TRPCError ? error.cause : undefined;
  if (!(cause instanceof UnsafeNumberError)) throw error;
  throw badRequest(
    cause.numbers.map(({ path, message }) => {
      const names = parsePath(path);
      return { path: typeof names === "string" ? path : names.join("."), message };
    }),
  );
}

const written = (item: Stored): Answer => ({
  status: 200,
  body: item,
  headers: { etag: item._etag },
});

async function remove(call: EntityCall): Promise<Answer> {
  const { request, caller, address, query, id } = call;
  const key = address.key(id, readParameters(query, address.parameters));
  refuseForNew(request.headers);
  await caller.delete([key, await conditions(call, key)]);
  return { status: 204 };
}

function many(procedure: "getMany" | "bulk"): EntityHandler {
  return async ({ request, caller, query }) => {
    readParameters(query, []);
    return { status: 200, body: await caller[procedure](await readJson(request)) };
  };
}

/** What `If-Match` says, as the procedures' option: of several versions the one that the item has, if it has one of them. */
async function conditions({ request, caller }: EntityCall, key: object): Promise<WriteOptions> {
  const versions = ifMatchOf(request.headers);
  if (versions === undefined) return {};
  const [first, ...more] = versions;
  if (more.length === 0) return { ifMatch: first };
  // The service takes one. The write itself says that the item is not there, or what is wrong with its key.
  const current = await caller.get(key).catch((error: unknown) => {
    const reason = error instanceof Error && isStoreError(error.cause) ? error.cause.reason : undefined;
    if (reason === "not-found" || (error instanceof TRPCError && error.code === "BAD_REQUEST"))
      return undefined;
    throw error;
  });
  const etag = current === undefined ? undefined : bareEtag(current._etag);
  return { ifMatch: versions.find((version) => version === etag) ?? first };
}
