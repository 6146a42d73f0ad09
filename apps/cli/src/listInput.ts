import type { RouterInputs } from "@app/client";

/** What a list asks the API for. */
export type ListInput = Extract<RouterInputs["items"]["list"], object>;
