/**
 * Turns calls of Babel's object-spread helper back into the object literals that they were:
 * `_objectSpread2(_objectSpread2({}, a), {}, { b })` becomes `({ ...a, b })`.
 *
 * The helper copies property by property through descriptors; an engine clones an object literal's spread in one go.
 * What is left out, the text keeps as it is: a call is rewritten only if its arguments have the shape that the
 * down-levelling gives them, that is a fresh object first and then, in turn, something to spread and a literal.
 */

/** The part of an ESTree node that this reads. Offsets are in UTF-16 code units. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

interface CallNode extends SyntaxNode {
  readonly callee: SyntaxNode & { readonly name?: string };
  readonly arguments: readonly SyntaxNode[];
}

interface ObjectNode extends SyntaxNode {
  readonly properties: readonly (SyntaxNode & {
    readonly computed?: boolean;
    readonly shorthand?: boolean;
    readonly method?: boolean;
    readonly key?: { readonly name?: string; readonly value?: unknown };
  })[];
}

const helper = "_objectSpread2";

/**
 * @param code a module's text.
 * @param program the same module's syntax tree (ESTree).
 * @returns the text with spreads in place of the helper's calls, every line where it was; `undefined` if there are none.
 */
export function restoreSpreads(code: string, program: SyntaxNode): string | undefined {
  if (!code.includes(`${helper}(`)) return undefined;
  const calls = outermostCalls(program);
  return calls.length === 0 ? undefined : print(code, 0, code.length, calls);
}

/** The rewritable calls in a tree that lie in no other one, in the order of the text. */
function outermostCalls(root: SyntaxNode): CallNode[] {
  const found: CallNode[] = [];
  visit(root, (node) => {
    if (!isRewritable(node)) return true;
    found.push(node);
    return false;
  });
  return found.sort((one, other) => one.start - other.start);
}

/** Walks a tree; the visitor says whether to go on below a node. */
function visit(value: unknown, visitor: (node: SyntaxNode) => boolean): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) visit(item, visitor);
    return;
  }
  if (isNode(value) && !visitor(value)) return;
  for (const member of Object.values(value)) visit(member, visitor);
}

function isNode(value: object): value is SyntaxNode {
  return "type" in value && typeof value.type === "string" && "start" in value && "end" in value;
}

function isRewritable(node: SyntaxNode): node is CallNode {
  if (node.type !== "CallExpression") return false;
  const { callee, arguments: args } = node as CallNode;
  if (callee.type !== "Identifier" || callee.name !== helper) return false;
  const [target, ...sources] = args;
  return (
    target !== undefined &&
    (isLiteral(target) || isRewritable(target)) &&
    // The helper spreads its odd arguments and copies its even ones with their accessors, as a literal has them.
    sources.every((source, index) => (index % 2 === 0 ? source.type !== "SpreadElement" : isLiteral(source)))
  );
}

/** An object literal that does not name its own prototype: merged into another, it would change that one's. */
function isLiteral(node: SyntaxNode): node is ObjectNode {
  return (
    node.type === "ObjectExpression" &&
    !(node as ObjectNode).properties.some(
      ({ key, computed, shorthand, method }) =>
        !computed && !shorthand && !method && (key?.name ?? key?.value) === "__proto__",
    )
  );
}

/** A stretch of the text with the given calls, which lie in it, rewritten. */
function print(code: string, start: number, end: number, calls: readonly CallNode[]): string {
  let text = "";
  let at = start;
  for (const call of calls) {
    text += code.slice(at, call.start) + printLiteral(code, call);
    at = call.end;
  }
  return text + code.slice(at, end);
}

/** In parentheses, since an arrow function's body or a statement may begin here. */
function printLiteral(code: string, call: CallNode): string {
  const text = `({ ${members(code, call).join(", ")} })`;
  // Later lines stay where they were, and with them what source maps say of lines.
  const lost = lines(code.slice(call.start, call.end)) - lines(text);
  return text + "\n".repeat(Math.max(0, lost));
}

function members(code: string, node: CallNode): string[] {
  const [target, ...sources] = node.arguments;
  const first =
    target === undefined ? [] : isRewritable(target) ? members(code, target) : properties(code, target);
  return [
    ...first,
    ...sources.flatMap((source, index) => {
      if (isLiteral(source) && (index % 2 === 1 || source.properties.length === 0)) {
        return properties(code, source);
      }
      return [`...${printNode(code, source)}`];
    }),
  ];
}

function properties(code: string, literal: SyntaxNode): string[] {
  const list = (literal as ObjectNode).properties;
  const first = list[0];
  const last = list.at(-1);
  return first && last ? [print(code, first.start, last.end, list.flatMap(outermostCalls))] : [];
}

function printNode(code: string, node: SyntaxNode): string {
  const text = print(code, node.start, node.end, outermostCalls(node));
  return node.type === "SequenceExpression" ? `(${text})` : text;
}

function lines(text: string): number {
  return text.split("\n").length;
}
