import { restoreSpreads, type SyntaxNode } from "./restoreSpreads.ts";

export { restoreSpreads, type SyntaxNode } from "./restoreSpreads.ts";

/** A plugin for Rolldown and what is built on its plugin interface: tsdown, Vite, Rollup. */
export interface ModernSyntaxPlugin {
  readonly name: string;
  readonly transform: {
    readonly filter: { readonly id: RegExp; readonly code: RegExp };
    handler(
      this: { parse(code: string): unknown },
      code: string,
      id: string,
    ): { code: string; map: null } | null;
  };
}

const trpcServer = /[\\/]@trpc[\\/]server[\\/]/;

/**
 * Gives tRPC's server code its object spreads back while a server is bundled.
 *
 * `@trpc/server` is published for engines older than any that Node still supports: each `{ ...a, b }` in it is a call
 * of a helper that copies property by property, several of them for each middleware of each procedure call. This
 * replaces those calls in `@trpc/server`'s modules, and nothing anywhere else. Once tRPC ships modern syntax there is
 * nothing left to find, and the plugin does nothing.
 *
 * @example
 * // tsdown.config.ts
 * export default defineConfig({ entry: "src/main.ts", noExternal: [/./], plugins: [modernSyntax()] });
 */
export function modernSyntax(): ModernSyntaxPlugin {
  return {
    name: "trpc-modern-syntax",
    transform: {
      filter: { id: trpcServer, code: /_objectSpread2\(/ },
      handler(code, id) {
        // Once more, since bundlers without filters call this for every module.
        if (!trpcServer.test(id)) return null;
        const restored = restoreSpreads(code, this.parse(code) as SyntaxNode);
        return restored === undefined ? null : { code: restored, map: null };
      },
    },
  };
}
