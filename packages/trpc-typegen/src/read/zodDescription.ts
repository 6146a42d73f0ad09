import ts from "typescript-6";

/**
 * Reads what a zod schema says of itself from its source: the last `.describe("…")` or `.meta({ description: "…" })`
 * of the chain that builds it. Nothing is executed, so a description that is computed at run time is not found.
 * @param checker the compiler's checker
 * @param declaration a property of a schema's shape, or the constant that holds a schema
 */
export function zodDescription(checker: ts.TypeChecker, declaration: ts.Node): string | undefined {
  return ofExpression(checker, schemaExpression(checker, declaration), 0);
}

/** How many constants to follow from one to the next before it must be a circle. */
const longestTrail = 16;

function schemaExpression(checker: ts.TypeChecker, declaration: ts.Node): ts.Expression | undefined {
  if (ts.isPropertyAssignment(declaration) || ts.isVariableDeclaration(declaration))
    return declaration.initializer;
  if (ts.isShorthandPropertyAssignment(declaration)) {
    return constantValue(checker, checker.getShorthandAssignmentValueSymbol(declaration));
  }
  if (ts.isGetAccessorDeclaration(declaration)) {
    // `get children() { return z.array(Node).describe("…") }`, zod's form of a recursive schema.
    const statement = declaration.body?.statements.find(ts.isReturnStatement);
    return statement?.expression;
  }
  return undefined;
}

function ofExpression(
  checker: ts.TypeChecker,
  expression: ts.Expression | undefined,
  trail: number,
): string | undefined {
  if (expression === undefined || trail > longestTrail) return undefined;
  if (ts.isIdentifier(expression)) {
    return ofExpression(checker, constantValue(checker, checker.getSymbolAtLocation(expression)), trail + 1);
  }
  if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression))
    return undefined;
  const { name, expression: schema } = expression.expression;
  const [argument] = expression.arguments;
  const said =
    name.text === "describe"
      ? constantText(checker, argument)
      : name.text === "meta"
        ? constantText(checker, descriptionIn(argument))
        : undefined;
  return said ?? ofExpression(checker, schema, trail);
}

function descriptionIn(argument: ts.Expression | undefined): ts.Expression | undefined {
  if (argument === undefined || !ts.isObjectLiteralExpression(argument)) return undefined;
  return argument.properties
    .filter(ts.isPropertyAssignment)
    .find((property) => ts.isIdentifier(property.name) && property.name.text === "description")?.initializer;
}

/** The text of a string literal, of several added together, or of a constant that holds one. */
function constantText(checker: ts.TypeChecker, expression: ts.Expression | undefined): string | undefined {
  if (expression === undefined) return undefined;
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const left = constantText(checker, expression.left);
    const right = constantText(checker, expression.right);
    return left === undefined || right === undefined ? undefined : left + right;
  }
  const type = checker.getTypeAtLocation(expression);
  return type.isStringLiteral() ? type.value : undefined;
}

function constantValue(checker: ts.TypeChecker, symbol: ts.Symbol | undefined): ts.Expression | undefined {
  if (symbol === undefined) return undefined;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target.valueDeclaration;
  return declaration !== undefined && ts.isVariableDeclaration(declaration)
    ? declaration.initializer
    : undefined;
}
