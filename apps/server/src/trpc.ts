import { initTRPC, TRPCError } from "@trpc/server";
import type { Context } from "./context.ts";
import { codeByReason, describeFailure, isStoreError } from "./failure.ts";

const t = initTRPC.context<Context>().create({
  // Never a stack in an answer, whatever NODE_ENV says.
  isDev: false,
  errorFormatter({ shape, error }) {
    const { message, ...failure } = describeFailure(error);
    return { ...shape, message, data: { ...shape.data, ...failure } };
  },
});

export const { router, createCallerFactory } = t;

/** Turns the store's failures into tRPC's, by the design's table. */
const translateFailures = t.middleware(async ({ ctx, next }) => {
  const result = await next();
  if (result.ok || !isStoreError(result.error.cause)) return result;
  const { cause } = result.error;
  ctx.usage.requestCharge += cause.requestCharge ?? 0;
  throw new TRPCError({ code: codeByReason[cause.reason], message: cause.message, cause });
});

/** What every procedure is built on. */
export const procedure = t.procedure.use(translateFailures);
