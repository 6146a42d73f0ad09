import { initTRPC } from "@trpc/server";
import { greeting, input } from "./greeting.ts";

const t = initTRPC.create({ isDev: false });

/** The trivial procedures as tRPC has them. */
export const router = t.router({
  greet: t.procedure.input(input).query((call) => greeting(call.input.name)),
  save: t.procedure.input(input).mutation((call) => greeting(call.input.name)),
});
