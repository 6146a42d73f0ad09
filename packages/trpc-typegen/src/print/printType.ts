import { reachable, type TypeClasses } from "../names/classifyTypes.ts";
import { orderedMembers } from "../names/memberOrder.ts";
import {
  mergedType,
  type ObjectTree,
  type PropertyTree,
  type TupleElement,
  type TypeTree,
} from "../typeTree.ts";
import { printComment } from "./printComment.ts";

/** What printing needs to know beyond the type itself. */
export interface Printing {
  readonly classOf: TypeClasses;
  /** The name of a type that has a declaration. */
  readonly nameOf: (tree: TypeTree) => string | undefined;
}

/** How tightly the surroundings bind, and so whether `A | B` needs parentheses there. */
type Binding = "loose" | "union" | "intersection" | "array";

const lineWidth = 100;

/** The language's name for an index signature: a declaration of the file that had it would stand in its place. */
export const recordType = "Record";

/**
 * @param printing names and classes
 * @param tree the type
 * @param indent how many spaces stand before the line that the text starts on
 * @returns the type's text, with further lines indented to fit
 */
export function printType(printing: Printing, tree: TypeTree, indent: number): string {
  return printing.nameOf(tree) ?? printBody(printing, tree, indent, "loose");
}

/** @returns the text of what a declaration stands for, where its own name would not do */
export function printDeclared(printing: Printing, tree: TypeTree): string {
  return printBody(printing, tree, 0, "loose");
}

/** @returns the lines of an object's index signatures and properties */
export function printMembers(printing: Printing, tree: ObjectTree, indent: number): string {
  const before = " ".repeat(indent);
  const indexes = tree.indexes.map((index) => {
    if (index.isRecord) {
      return `${before}${index.isReadonly ? "readonly " : ""}[key in string]:${afterSign(printType(printing, index.type, indent))};\n`;
    }
    const key = printType(printing, index.key, indent);
    return `${before}${index.isReadonly ? "readonly " : ""}[key: ${key}]:${afterSign(printType(printing, index.type, indent))};\n`;
  });
  const properties = tree.properties.map((property) => {
    const comment = printComment(property.documentation, indent);
    return `${comment}${before}${propertyHead(property)}:${afterSign(printType(printing, property.type, indent))};\n`;
  });
  return [...indexes, ...properties].join("");
}

/** @returns the text of a type as it follows a colon or an equals sign: after a space, unless it starts a new line */
export function afterSign(text: string): string {
  return text.startsWith("\n") ? text : ` ${text}`;
}

function print(printing: Printing, tree: TypeTree, indent: number, binding: Binding): string {
  return printing.nameOf(tree) ?? printBody(printing, tree, indent, binding);
}

function printBody(printing: Printing, tree: TypeTree, indent: number, binding: Binding): string {
  switch (tree.kind) {
    case "text":
      return tree.text;
    case "reference":
      if (tree.typeArguments.length === 0) return tree.name;
      return `${tree.name}<${tree.typeArguments.map((inner) => printType(printing, inner, indent)).join(", ")}>`;
    case "array":
      return parenthesized(
        tree.isReadonly && binding === "array",
        `${tree.isReadonly ? "readonly " : ""}${print(printing, tree.element, indent, "array")}[]`,
      );
    case "tuple": {
      const elements = tree.elements.map((element) => printElement(printing, element, indent));
      return parenthesized(
        tree.isReadonly && binding === "array",
        `${tree.isReadonly ? "readonly " : ""}[${elements.join(", ")}]`,
      );
    }
    case "template": {
      const holes = tree.holes.map((hole) => `\${${printType(printing, hole, indent)}}`);
      return `\`${tree.texts.map((text, at) => `${escapedTemplateText(text)}${holes[at] ?? ""}`).join("")}\``;
    }
    case "union":
      return printUnion(printing, flattened(printing, tree), indent, binding);
    case "intersection": {
      const members = tree.members.map((member) => print(printing, member, indent, "intersection"));
      return parenthesized(binding === "array", members.join(" & "));
    }
    case "object":
      return printObject(printing, tree, indent);
  }
}

function printObject(printing: Printing, tree: ObjectTree, indent: number): string {
  if (tree.indexes.length + tree.properties.length === 0) return "{}";
  if (tree.isMerged) {
    const parts = [
      { ...tree, isMerged: false, indexes: [] },
      { ...tree, isMerged: false, properties: [] },
    ];
    return `${mergedType}<${parts.map((part) => printObject(printing, part, indent)).join(" & ")}>`;
  }
  const [record] = tree.indexes;
  // A type that contains itself may do so in an index signature, but not as an argument of an alias like `Record`.
  if (record?.isRecord === true && !record.isReadonly && !reachable([record.type]).has(tree)) {
    return `${recordType}<string, ${printType(printing, record.type, indent).trimStart()}>`;
  }
  const members = printMembers(printing, tree, indent + 2);
  const line = `{ ${members
    .trimEnd()
    .replace(/;$/u, "")
    .replace(/;\n\s*/gu, "; ")
    .trimStart()} }`;
  // A comment, an object over several lines or a line too long: then each member has its own.
  const isShort = !line.includes("\n") && !line.includes("/*") && indent + line.length <= lineWidth - 20;
  return isShort ? line : `{\n${members}${" ".repeat(indent)}}`;
}

function printUnion(
  printing: Printing,
  members: readonly TypeTree[],
  indent: number,
  binding: Binding,
): string {
  if (members.length === 0) return "never";
  const line = members.map((member) => print(printing, member, indent, "union")).join(" | ");
  const isShort = !line.includes("\n") && indent + line.length <= lineWidth - 10;
  if (isShort) return parenthesized(binding === "intersection" || binding === "array", line);
  const margin = " ".repeat(indent + 2);
  const lines = members
    .map((member) => `\n${margin}| ${print(printing, member, indent + 4, "union")}`)
    .join("");
  const isTight = binding === "intersection" || binding === "array";
  return isTight ? `(${lines}\n${" ".repeat(indent)})` : lines;
}

/** A union's members with those of nameless unions in it, in order and each once. */
function flattened(printing: Printing, tree: TypeTree): readonly TypeTree[] {
  const members = new Map<string, TypeTree>();
  const add = (member: TypeTree, isRoot: boolean): void => {
    if (member.kind === "union" && (isRoot || printing.nameOf(member) === undefined)) {
      for (const inner of member.members) add(inner, false);
    } else {
      members.set(printing.classOf(member), member);
    }
  };
  add(tree, true);
  return orderedMembers([...members.values()]);
}

function printElement(printing: Printing, element: TupleElement, indent: number): string {
  const isSpread = element.form === "rest" || element.form === "spread";
  const dots = isSpread ? "..." : "";
  const isOptional = element.form === "optional";
  const isTight = element.form === "rest" || (isOptional && element.label === undefined);
  const type = print(printing, element.type, indent, isTight ? "array" : "loose");
  const suffix = element.form === "rest" ? "[]" : "";
  if (element.label === undefined) return `${dots}${type}${suffix}${isOptional ? "?" : ""}`;
  return `${dots}${element.label}${isOptional ? "?" : ""}: ${type}${suffix}`;
}

function propertyHead({ key, isOptional, isReadonly }: PropertyTree): string {
  return `${isReadonly ? "readonly " : ""}${key}${isOptional ? "?" : ""}`;
}

function parenthesized(isNeeded: boolean, text: string): string {
  return isNeeded ? `(${text})` : text;
}

function escapedTemplateText(text: string): string {
  return text
    .replace(/[`\\]|\$\{/gu, "\\$&")
    .replace(/\n/gu, "\\n")
    .replace(/\r/gu, "\\r");
}
