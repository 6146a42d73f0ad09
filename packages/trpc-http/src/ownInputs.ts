import { TRPCError } from "@trpc/server";
import type { TRPCRequestInfo } from "@trpc/server/http";
import type { JsonRequest } from "./jsonRequest.ts";
import { type Exchange, isObject, type ParameterReader } from "./trpcInternals.ts";

/** Reads JSON. What it throws is the answer to the call; what is no TRPCError becomes `BAD_REQUEST`. */
export type ParseJson = (text: string) => unknown;

/**
 * Lets a request's inputs be parsed by a function of the application's own; all else about them is as tRPC does it. The
 * text is read and parsed once, when the first call asks for its input.
 */
export function parseInputsWith(
  parseJson: ParseJson,
  info: TRPCRequestInfo,
  { router }: Exchange,
  request: JsonRequest,
  parameters: ParameterReader,
): void {
  const { deserialize } = router._def._config.transformer.input;
  let reading: Promise<readonly unknown[]> | undefined;
  let inputs: readonly unknown[] | undefined;

  async function read(): Promise<readonly unknown[]> {
    const text = request.method === "GET" ? parameters.get("input") : await request.text();
    const value = text ? parseJson(text) : undefined;
    if (value === undefined) return [];
    if (!info.isBatchCall) return [deserialize(value)];
    if (!isObject(value)) {
      throw new TRPCError({
        code: "BAD_REQUEST",
        message: '"input" needs to be an object when doing a batch call',
      });
    }
    return info.calls.map((_call, index) =>
      value[index] === undefined ? undefined : deserialize(value[index]),
    );
  }

  const readOnce = (): Promise<readonly unknown[]> =>
    (reading ??= read().then(
      (values) => (inputs = values),
      (cause: unknown) => {
        throw asBadRequest(cause);
      },
    ));

  for (const [index, call] of info.calls.entries()) {
    call.getRawInput = async () => (inputs ?? (await readOnce()))[index];
    call.result = () => inputs?.[index];
  }
}

/** An input that cannot be parsed, as tRPC says it. */
export const asBadRequest = (cause: unknown): TRPCError =>
  cause instanceof TRPCError
    ? cause
    : new TRPCError({
        code: "BAD_REQUEST",
        message: cause instanceof Error ? cause.message : "Invalid input",
        cause,
      });
