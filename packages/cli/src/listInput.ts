import type { RouterInputs } from "@cosmos-trpc/client";

/** What a list asks the API for. */
export type ListInput = Extract<RouterInputs["items"]["list"], object>;
