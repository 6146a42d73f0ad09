import { initTRPC } from "@trpc/server";
import { describeFailure, isStoreError, translateFailure } from "../errors/failure.ts";
import { eventStream } from "../http/limits.ts";
import type { Context } from "../request/context.ts";

const t = initTRPC.context<Context>().create({
  // Never a stack in an answer, whatever NODE_ENV says.
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: eventStream.pingInterval },
    client: { reconnectAfterInactivityMs: eventStream.silence },
  },
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
  ctx.usage.charge(result.error.cause.requestCharge ?? 0);
  throw translateFailure(result.error.cause);
});

/** What every procedure is built on. */
export const procedure = t.procedure.use(translateFailures);
