import { QueryError } from "@cosmos-trpc/cosmos-sql";
import { ServiceError } from "../serviceError.ts";

/** Answers a query's own errors as the service does: 400 with its list of errors as the message. */
export function withQueryErrors<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof QueryError) throw new ServiceError(400, `Message: ${error.message}`);
    throw error;
  }
}
