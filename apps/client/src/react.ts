/** tRPC's bindings for TanStack Query: they come with this package, and need no package of their own. */
export * from "@cosmos-trpc/client/react";
