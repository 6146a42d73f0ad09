import {
  isObject,
  type Json,
  type JsonObject,
  type JsonObjectDraft,
  setOwnProperty,
} from "@cosmos-trpc/cosmos-sql/json";
import { isWithin, type PointerPath, pointerText } from "../jsonPointer.ts";
import { PatchError, type PatchOperation } from "./patchOperation.ts";

/**
 * Applies a patch's operations, one after the other. The document is changed in place and takes over the operations'
 * values; when an operation is refused, the document is left half changed.
 *
 * The messages are those of Learn, "Get started with partial document update, troubleshooting"; operations are counted
 * from 1 in them.
 *
 * @throws PatchError
 */
export function applyPatch(document: JsonObjectDraft, operations: readonly PatchOperation[]): void {
  for (const [index, operation] of operations.entries()) {
    const refuse: Refuse = (reason) => new PatchError(`For Operation(${index + 1}): ${reason}`);
    apply(document, operation, refuse);
  }
}

type Refuse = (reason: string) => PatchError;

function apply(document: JsonObject, operation: PatchOperation, refuse: Refuse): void {
  const { path } = operation;
  switch (operation.op) {
    case "add":
      add(document, path, operation.value, refuse);
      return;
    case "set":
      set(document, path, operation.value, refuse);
      return;
    case "replace": {
      const { parent, key } = parentOf(document, path, "Given", refuse);
      if (valueIn(parent, key, refuse) === undefined) {
        throw refuse(`Node(${pointerText(path)}) to be replaced is absent.`);
      }
      put(parent, key, operation.value);
      return;
    }
    case "remove":
      take(document, path, refuse);
      return;
    case "incr":
      increment(document, path, operation.value, refuse);
      return;
    case "move":
      if (isWithin(path, operation.from) && path.length > operation.from.length) {
        throw refuse(`Node(${pointerText(path)}) is a child of the node that is to be moved.`);
      }
      add(document, path, take(document, operation.from, refuse), refuse);
      return;
  }
}

type Parent = JsonObjectDraft | Json[];

function add(document: JsonObject, path: PointerPath, value: Json, refuse: Refuse): void {
  const { parent, key } = parentOf(document, path, "Add", refuse);
  if (Array.isArray(parent)) parent.splice(indexIn(parent, key, parent.length, refuse), 0, value);
  else put(parent, key, value);
}

function set(document: JsonObject, path: PointerPath, value: Json, refuse: Refuse): void {
  const { parent, key } = parentOf(document, path, "Given", refuse);
  put(parent, Array.isArray(parent) ? String(indexIn(parent, key, parent.length, refuse)) : key, value);
}

function take(document: JsonObject, path: PointerPath, refuse: Refuse): Json {
  const parent = walk(document, path.slice(0, -1)).value;
  const key = path.at(-1) ?? "";
  const value = isParent(parent) ? valueIn(parent, key, refuse) : undefined;
  if (!isParent(parent) || value === undefined) {
    throw refuse(
      `Node(${pointerText(path)}) to be removed is absent. Note: it might also have been removed earlier in the transaction.`,
    );
  }
  drop(parent, key);
  return value;
}

function increment(document: JsonObject, path: PointerPath, by: number, refuse: Refuse): void {
  const { parent, key } = parentOf(document, path, "Given", refuse);
  const isNew = Array.isArray(parent) && indexIn(parent, key, parent.length, refuse) === parent.length;
  const value = isNew ? undefined : valueIn(parent, key, refuse);
  if (value === undefined) {
    set(document, path, by, refuse);
    return;
  }
  if (typeof value !== "number") throw refuse(`Node(${pointerText(path)}) is not a number.`);
  const sum = value + by;
  if (!Number.isFinite(sum)) throw refuse(`Node(${pointerText(path)}) would not be a finite number.`);
  put(parent, key, sum);
}

const isParent = (value: Json | undefined): value is Parent => Array.isArray(value) || isObject(value);

/** Goes down a path as far as it leads: what is there, and how many names led to something. */
function walk(document: JsonObject, path: PointerPath): { value: Json | undefined; depth: number } {
  let value: Json = document;
  for (const [depth, name] of path.entries()) {
    const child: Json | undefined = childOf(value, name);
    if (child === undefined) return { value: undefined, depth };
    value = child;
  }
  return { value, depth: path.length };
}

/** What a path's last name is looked up in. */
function parentOf(
  document: JsonObject,
  path: PointerPath,
  what: "Add" | "Given",
  refuse: Refuse,
): { parent: Parent; key: string } {
  const { value, depth } = walk(document, path.slice(0, -1));
  if (!isParent(value)) {
    throw refuse(
      `${what} Operation can only create a child object of an existing node(array or object) and cannot create path recursively, no path found beyond: '${path[Math.min(depth, path.length - 1)] ?? ""}'.`,
    );
  }
  return { parent: value, key: path.at(-1) ?? "" };
}

function childOf(value: Json, name: string): Json | undefined {
  if (Array.isArray(value)) return isIndex(name) ? value[Number(name)] : undefined;
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

const isIndex = (name: string): boolean => /^(?:0|[1-9]\d{0,8})$/.test(name);

/** An array index up to `last`; `-` is the place after the last element. */
function indexIn(array: Json[], name: string, last: number, refuse: Refuse): number {
  const index = name === "-" ? array.length : isIndex(name) ? Number(name) : Number.POSITIVE_INFINITY;
  if (index > last) throw refuse(`Index(${name}) to operate on is out of array bounds.`);
  return index;
}

/** A child that an operation needs; of an array, one that is missing is out of bounds. */
function valueIn(parent: Parent, key: string, refuse: Refuse): Json | undefined {
  return Array.isArray(parent)
    ? parent[indexIn(parent, key, parent.length - 1, refuse)]
    : childOf(parent, key);
}

function put(parent: Parent, key: string, value: Json): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else setOwnProperty(parent, key, value);
}

function drop(parent: Parent, key: string): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}
