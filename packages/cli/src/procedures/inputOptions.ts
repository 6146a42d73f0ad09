import { isRecord, type JsonSchema, putAt, type ScalarKind } from "@cosmos-trpc/base";
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { anything } from "../entity/fields.ts";
import { parsedJson, readNamed } from "../entity/fieldText.ts";
import { freeFlag } from "../entity/keyOptions.ts";
import { WrongUsage } from "../errors.ts";
import { collect } from "../optionValues.ts";

/**
 * Adds a procedure's input to a command, with the habits of `trpc-cli`: an object's properties are options
 * (`--dry-run` for `dryRun`), a scalar is an argument, a tuple is arguments with an object's options at its end, a list of
 * scalars is as many arguments as there are. Whatever the input is, `--input` takes it as JSON.
 *
 * @returns makes of what was given the input. @throws WrongUsage when something of it is missing
 */
export function addInput(command: Command, schema: JsonSchema | undefined): () => unknown {
  if (schema === undefined) return () => undefined;
  command.option("--input <json>", "the whole input as JSON, in place of all else", parseInput);
  const parts = inputParts(schema);
  const values = parts.map((part) => part.add(command));
  return () => {
    const { input } = command.opts<{ input?: { readonly value: unknown } }>();
    const given = values.map((value) => value());
    if (input !== undefined) {
      if (given.some((one) => one !== undefined))
        throw new WrongUsage("Either --input or the other options.");
      return input.value;
    }
    for (const [at, part] of parts.entries()) {
      if (given[at] === undefined && part.isNeeded)
        throw new WrongUsage(`Say ${part.name}, or --input <json>.`);
    }
    if (parts.length === 0) throw new WrongUsage("Say --input <json>.");
    return combine(schema, given);
  };
}

/** An input as JSON; in a box, since it may be `null`. */
function parseInput(text: string): { readonly value: unknown } {
  const value = readNamed("--input", "", anything, () => parsedJson(text));
  if (value === undefined) throw new InvalidArgumentError("It has to be JSON.");
  return { value };
}

/** What an input is made of: one value, or an object's properties. */
interface InputPart {
  /** As people write it. */
  readonly name: string;
  readonly isNeeded: boolean;
  /** Adds its arguments or options. @returns what says what was given; `undefined` for nothing */
  add(command: Command): () => unknown;
}

const combine = (schema: JsonSchema, given: readonly unknown[]): unknown =>
  tupleOf(schema) === undefined
    ? given[0]
    : given.slice(0, given.findLastIndex((one) => one !== undefined) + 1);

function inputParts(schema: JsonSchema): readonly InputPart[] {
  const tuple = tupleOf(schema);
  if (tuple === undefined) {
    const part = partOf(schema, "value", true);
    return part === undefined ? [] : [part];
  }
  const needed = typeof schema["minItems"] === "number" ? schema["minItems"] : tuple.length;
  const parts = tuple.map((one, at) => partOf(one, nameOf(one) ?? `value${at + 1}`, at < needed));
  // Where one of them is neither a scalar nor an object at the end, only JSON says it.
  const isWhole = parts.every(
    (part, at) => part !== undefined && (!isObject(tuple[at]) || at === tuple.length - 1),
  );
  return isWhole ? (parts as InputPart[]) : [];
}

function tupleOf(schema: JsonSchema): readonly JsonSchema[] | undefined {
  const { prefixItems } = schema as { prefixItems?: readonly JsonSchema[] };
  return prefixItems;
}

const isObject = (schema: JsonSchema | undefined): boolean => isRecord(schema?.["properties"]);

const nameOf = ({ title }: JsonSchema): string | undefined =>
  typeof title === "string" ? title.replaceAll(/[^\w-]+/g, "-") : undefined;

function partOf(schema: JsonSchema, name: string, isNeeded: boolean): InputPart | undefined {
  if (isObject(schema)) return objectPart(schema, isNeeded);
  const { type, items } = schema as { type?: unknown; items?: JsonSchema };
  const isList = type === "array" && items !== undefined && scalarTypes(items).length > 0;
  if (!isList && scalarTypes(schema).length === 0) return undefined;
  const element = isList ? items : schema;
  return {
    name: `<${name}${isList ? "..." : ""}>`,
    isNeeded,
    add(command) {
      // Not required by commander, since --input may be in its place.
      const argument = new Argument(`[${name}${isList ? "..." : ""}]`, descriptionOf(schema));
      const at = command.registeredArguments.length;
      const choices = choicesOf(element);
      if (choices !== undefined) argument.choices(choices);
      command.addArgument(argument);
      return () => {
        const given = command.processedArgs[at] as string | readonly string[] | undefined;
        if (given === undefined || given.length === 0) return undefined;
        const label = `<${name}>`;
        return typeof given === "string"
          ? readScalar(element, label, given)
          : given.map((text) => readScalar(element, label, text));
      };
    },
  };
}

/** An object's properties as options. */
function objectPart(schema: JsonSchema, isNeeded: boolean): InputPart {
  const properties = schema["properties"] as Readonly<Record<string, JsonSchema>>;
  const required = (schema["required"] ?? []) as readonly string[];
  return {
    name: "the options",
    isNeeded,
    add(command) {
      const taken = ["input"];
      const options = Object.entries(properties).map(([name, property]) => {
        const flag = freeFlag(name, "input", taken);
        taken.push(flag);
        const option = propertyOption(flag, name, property, required.includes(name));
        command.addOption(option);
        return { name, flag, property, attribute: option.attributeName() };
      });
      return () => {
        const given = command.opts<Record<string, unknown>>();
        const value: Record<string, unknown> = {};
        for (const { name, flag, property, attribute } of options) {
          const text = given[attribute];
          if (text !== undefined) putAt(value, [name], readProperty(property, `--${flag}`, text));
        }
        const missing = options.find(({ name }) => required.includes(name) && !Object.hasOwn(value, name));
        const isEmpty = Object.keys(value).length === 0;
        if (missing !== undefined && given["input"] === undefined && (isNeeded || !isEmpty)) {
          throw new WrongUsage(`Say --${missing.flag}, or the whole input with --input <json>.`);
        }
        return isEmpty && (given["input"] !== undefined || !isNeeded) ? undefined : value;
      };
    },
  };
}

function propertyOption(flag: string, name: string, property: JsonSchema, isRequired: boolean): Option {
  const types = scalarTypes(property);
  const { items } = property as { items?: JsonSchema };
  const isList = property["type"] === "array" && items !== undefined && scalarTypes(items).length > 0;
  const isFlag = types.length === 1 && types[0] === "boolean";
  const value = isFlag
    ? "[boolean]"
    : types.length === 0 && !isList
      ? "<json>"
      : `<${(isList ? "value" : types[0]) ?? "value"}>`;
  const notes = [
    ...(isRequired ? ["required"] : []),
    ...(isList ? ["may be repeated"] : []),
    ...(property["default"] === undefined ? [] : [`default: ${JSON.stringify(property["default"])}`]),
  ];
  const description = descriptionOf(property) ?? name;
  const option = new Option(
    `--${flag} ${value}`,
    notes.length === 0 ? description : `${description} (${notes.join(", ")})`,
  );
  const choices = choicesOf(isList ? items : property);
  if (choices !== undefined && !isList) option.choices(choices);
  if (isList) option.argParser(collect((text) => text));
  return option;
}

function readProperty(property: JsonSchema, label: string, given: unknown): unknown {
  // A flag without a value.
  if (given === true) return true;
  const { items } = property as { items?: JsonSchema };
  if (Array.isArray(given)) return given.map((text: string) => readScalar(items ?? {}, label, text));
  const text = given as string;
  return scalarTypes(property).length > 0 ? readScalar(property, label, text) : readJson(label, text, []);
}

/** The scalar types that a schema allows; none where it allows an object or a list, or says nothing. */
function scalarTypes(schema: JsonSchema): readonly string[] {
  const {
    type,
    anyOf,
    oneOf,
    const: constant,
    enum: choices,
  } = schema as {
    type?: string | readonly string[];
    anyOf?: readonly JsonSchema[];
    oneOf?: readonly JsonSchema[];
    const?: unknown;
    enum?: readonly unknown[];
  };
  const among = anyOf ?? oneOf;
  if (among !== undefined) {
    const types = among.map(scalarTypes);
    return types.some((one) => one.length === 0) ? [] : [...new Set(types.flat())];
  }
  const types =
    type !== undefined
      ? [type].flat()
      : constant !== undefined
        ? [jsonType(constant)]
        : (choices ?? []).map(jsonType);
  const scalars = types.map((one) => (one === "integer" ? "number" : one));
  return scalars.every((one) => ["string", "number", "boolean", "null"].includes(one))
    ? [...new Set(scalars)]
    : [];
}

const jsonType = (value: unknown): string => (value === null ? "null" : typeof value);

/** The texts that a schema allows, where it names them all. */
function choicesOf(schema: JsonSchema): readonly string[] | undefined {
  const { enum: choices } = schema as { enum?: readonly unknown[] };
  return choices?.every((one) => typeof one === "string") === true
    ? (choices as readonly string[])
    : undefined;
}

const descriptionOf = ({ description }: JsonSchema): string | undefined =>
  typeof description === "string" ? description : undefined;

/** Reads a scalar by its schema: a text stays one wherever the schema allows a text and nothing that it looks like. */
function readScalar(schema: JsonSchema, label: string, text: string): unknown {
  const types = scalarTypes(schema);
  if (types.length === 0 || (types.length === 1 && types[0] === "string")) return text;
  const value = readJson(label, text, types);
  if (types.includes(jsonType(value))) return value;
  if (types.includes("string")) return text;
  throw new WrongUsage(`${label} ${text}: it has to be ${types.map((one) => `a ${one}`).join(" or ")}.`);
}

function readJson(label: string, text: string, types: readonly string[]): unknown {
  const kinds = types as readonly ScalarKind[];
  const value = readNamed(label, "", { kinds, isJson: kinds.length === 0 }, () => parsedJson(text));
  if (value !== undefined) return value;
  if (kinds.includes("string")) return text;
  throw new WrongUsage(`${label} ${text}: it has to be JSON.`);
}
