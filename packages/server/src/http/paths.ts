/** Where tRPC is. */
export const trpcPath = "/trpc/";

/** Where the plain HTTP routes are: each entity's below its name. */
export const restPath = "/api/cosmos/";

/** Where the description of the plain HTTP routes is. */
export const openApiPath = "/openapi.json";

/** Where people read it. */
export const docsPath = "/docs";
