/** An alias of FROM: where its value lies, and whether that is the item itself. */
export interface Binding {
  readonly slot: number;
  readonly isItem: boolean;
}

/** The aliases that an expression sees: its own query's and those of the queries around it. */
export interface Scope {
  readonly parent: Scope | undefined;
  readonly bindings: Map<string, Binding>;
}

/** A scope inside another. */
export function createScope(parent: Scope | undefined): Scope {
  return { parent, bindings: new Map() };
}

/** What the alias stands for. Aliases are case-sensitive. */
export function lookUp(scope: Scope, name: string): Binding | undefined {
  for (let current: Scope | undefined = scope; current !== undefined; current = current.parent) {
    const binding = current.bindings.get(name);
    if (binding !== undefined) return binding;
  }
  return undefined;
}

/** Whether no alias is in sight: then a name in FROM is the container's. */
export function isEmptyScope(scope: Scope): boolean {
  return scope.bindings.size === 0 && (scope.parent === undefined || isEmptyScope(scope.parent));
}
