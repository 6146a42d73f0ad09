/** tRPC's bindings for TanStack Query, which come with this package: they need no package of their own. */
export * from "@trpc/tanstack-react-query";
