import { ApiError } from "./apiError.ts";

/** The error for what has not answered in time. */
export const late = (what: string, timeout: number): ApiError =>
  new ApiError("timeout", `${what} has not answered within ${timeout} ms.`);

/** Waits for `work`, but no longer than `timeout` milliseconds: then it rejects with {@link late}. */
export async function within<Value>(
  timeout: number,
  what: string,
  work: () => Value | Promise<Value>,
): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await Promise.race([
      work(),
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(late(what, timeout)), timeout);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
