import { isWithin, type JsonPath, parsePath } from "@cosmos-trpc/base";
import { compileFilter, compilePath, queryProblems, writeLiteral } from "../definition/compileFilter.ts";
import type { AnyDefinition, ItemBase } from "../definition/containerDefinition.ts";
import { type Documents, lostNumbers, type Stored, versionField } from "../definition/document.ts";
import { quotedEtag } from "../definition/etag.ts";
import { type Filter, type FilterNode, readFilter } from "../definition/filter.ts";
import type { PointKey } from "../definition/itemKey.ts";
import { jsonBytes } from "../definition/jsonBytes.ts";
import { type Patch, readPatch } from "../definition/patch.ts";
import { fitToSchema } from "../definition/schemaFit.ts";
import type { ItemDefinition } from "../definition/serviceTypes.ts";
import { type FieldProblem, StoreError } from "../errors/errors.ts";
import { invalidInput } from "../errors/invalidInput.ts";
import type { PointAnswer, PointOperation } from "../sdk/pointOperation.ts";
import { patchObstacles } from "./patchObstacles.ts";
import { isOvertaken, type PointSender, withCharge } from "./pointSender.ts";
import type { ItemResult, PatchOptions } from "./pointStore.ts";

type PatchOperation = Extract<PointOperation, { readonly kind: "patch" }>;

/** Sends an operation, and counts its charge to the patch. */
type SendCounted = (operation: PointOperation) => Promise<PointAnswer>;

const badRequest = 400;

/** Attempts of a patch whose item others write in an older form again and again. */
const maxPatches = 10;

/** Makes a store's `patch`. */
export function createPatchItem<Item extends ItemBase>(
  definition: AnyDefinition,
  documents: Documents<Item>,
  { send, explain }: PointSender<Item>,
) {
  const { version = 1 } = definition;

  return async function patchItem(
    key: PointKey,
    changes: Patch<Item>,
    { ifMatch, where, signal }: PatchOptions<Item>,
  ): Promise<ItemResult<Item>> {
    const operation = patchOperation(definition, key, changes, where);
    let requestCharge = 0;
    const sendCounted: SendCounted = async (one) => {
      try {
        const answer = await send(signal, one);
        requestCharge += answer.requestCharge;
        return answer;
      } catch (error) {
        if (error instanceof StoreError) requestCharge += error.requestCharge ?? 0;
        throw error;
      }
    };
    try {
      const { document } = await patchNewForm(
        sendCounted,
        operation,
        ifMatch === undefined ? undefined : quotedEtag(ifMatch),
      );
      return { item: checked(document as ItemDefinition, operation.steps), requestCharge };
    } catch (error) {
      const failure = await obstructed(sendCounted, operation, error);
      throw await explain(key, withCharge(failure, requestCharge), where !== undefined);
    }
  };

  /** A refusal of the service with what of the item it was, where that shows: its own words are for the operator. */
  async function obstructed(
    sendCounted: SendCounted,
    { key, steps }: PatchOperation,
    failure: unknown,
  ): Promise<unknown> {
    if (!(failure instanceof StoreError) || failure.status !== badRequest) return failure;
    const found = await sendCounted({ kind: "read", key }).catch(() => undefined);
    const problems = found === undefined ? [] : patchObstacles(found.document, steps);
    if (problems.length === 0) return failure;
    const { message, fields } = invalidInput(problems, "The patch cannot be made");
    return new StoreError("invalid", message, { ...failure, fields }, failure.cause);
  }

  /** Sends a patch, after its item was brought into the schema's form when it was in an older one. */
  async function patchNewForm(
    sendCounted: SendCounted,
    operation: PatchOperation,
    ifMatch: string | undefined,
  ): Promise<PointAnswer> {
    const isOneVersion = ifMatch !== undefined && ifMatch !== "*";
    let expected = ifMatch;
    let wasNew = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await sendCounted({ ...operation, ifMatch: expected });
      } catch (error) {
        if (version === 1 || !isOvertaken(error) || attempt === maxPatches) throw error;
        const found = (await sendCounted({ kind: "read", key: operation.key })).document as ItemDefinition;
        if (isOneVersion && found["_etag"] !== expected) throw error;
        if (!documents.isOld(found)) {
          // Without an etag it may have been in the old form when the patch met it: then it is tried once more.
          if (isOneVersion || wasNew) throw error;
          wasNew = true;
          continue;
        }
        const renewed = await renew(sendCounted, operation.key, documents.read(found)).catch(
          (lost: unknown) => {
            // What the caller named is no more; without that, the next attempt meets what somebody else wrote.
            if (isOneVersion || !isOvertaken(lost)) throw lost;
            return undefined;
          },
        );
        wasNew = renewed !== undefined;
        // From the caller's version came this one and no other: a write in between is seen.
        if (isOneVersion) expected = renewed;
      }
    }
  }

  /** Writes an item in the schema's form over the version that was read. @returns the etag that it has now, quoted */
  async function renew(
    sendCounted: SendCounted,
    key: PointKey,
    { _etag: ifMatch, _ts, ...item }: Stored<Item>,
  ): Promise<string> {
    const written = documents.write(item as unknown as Item);
    const { document } = await sendCounted({ kind: "replace", key, ...written, ifMatch });
    return String(document?.["_etag"]);
  }

  /**
   * The item that a patch has made.
   *
   * @throws StoreError `invalid` when it breaks its schema. Of what the patch did not touch no field is named: the caller
   *   may not know of it. The operator is told.
   */
  function checked(document: ItemDefinition, steps: PatchOperation["steps"]): Stored<Item> {
    const { _etag, _ts, ...bare } = documents.written(document);
    const problems = [...lostNumbers(document), ...fitToSchema(definition, bare)];
    if (problems.length === 0) return { ...bare, _etag, _ts } as unknown as Stored<Item>;
    const changed = steps.map(({ path }) => (parsePath(path) as JsonPath).filter((name) => name !== "-"));
    const isOfPatch = ({ path }: FieldProblem): boolean => {
      // A rule of the whole item is one that the patch may have broken.
      if (path === "") return true;
      const names = path.startsWith("/") ? (parsePath(path) as JsonPath) : path.split(".");
      return changed.some((place) => isWithin(names, place) || isWithin(place, names));
    };
    const own = problems.filter(isOfPatch);
    const failure =
      own.length > 0
        ? invalidInput(own, "The patch was made, and the item breaks its schema now")
        : new StoreError(
            "invalid",
            "The patch was made, and the item does not fit its schema, in what the patch did not change.",
            { fields: [] },
          );
    if (own.length === problems.length) throw failure;
    const unfit = documents.tellUnfit(document, problems);
    throw new StoreError("invalid", failure.message, { ...failure, code: "item-unfit" }, unfit);
  }
}

/** A patch and its condition as an operation. @throws StoreError `invalid` that names every wrong field */
function patchOperation<Item>(
  definition: AnyDefinition,
  key: PointKey,
  patch: Patch<Item>,
  where: Filter<Item> | undefined,
): PatchOperation {
  const read = readPatch(definition, patch);
  const filter: FilterNode | FieldProblem[] | undefined =
    where === undefined ? undefined : readFilter(definition, where);
  const problems = [
    ...read.filter((step) => "message" in step),
    ...(Array.isArray(filter)
      ? filter.map(({ path, message }) => ({ path: path === "" ? "where" : `where.${path}`, message }))
      : []),
  ];
  if (problems.length > 0) throw invalidInput(problems, "The patch cannot be made");
  const steps = read as Exclude<(typeof read)[number], FieldProblem>[];
  const { version = 1 } = definition;
  const conditions = [
    ...(filter === undefined ? [] : [compileFilter(filter as FilterNode, writeLiteral)]),
    // Paths are those of the schema's own version.
    ...(version === 1 ? [] : [`${compilePath([versionField])} = ${version}`]),
  ];
  const condition = conditions.length === 0 ? undefined : `FROM c WHERE ${conditions.join(" AND ")}`;
  const tooLong = queryProblems(condition ?? "");
  if (tooLong.length > 0) throw invalidInput(tooLong);
  return {
    kind: "patch",
    key,
    steps,
    condition,
    size: jsonBytes([steps, condition]),
  };
}
