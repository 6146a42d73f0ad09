/** Where tRPC is. */
export const trpcPath = "/trpc/";

/** Where the entities' plain HTTP routes are: each one's below its name. */
export const restPath = "/api/cosmos/";

/** Where the description of the plain HTTP routes is. */
export const openApiPath = "/openapi.json";

/** Where people read it. */
export const docsPath = "/docs";

/** Where a platform asks whether the process runs, and whether it can work. */
export const healthPath = "/healthz";
export const readyPath = "/readyz";

/** What no procedure can have for its path, nor anything below it. */
export const reservedPaths = [
  trpcPath.slice(0, -1),
  restPath.slice(0, -1),
  openApiPath,
  docsPath,
  healthPath,
  readyPath,
] as const;
