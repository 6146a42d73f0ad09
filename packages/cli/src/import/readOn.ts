import type { InputRecord } from "../input/inputRecord.ts";

/**
 * The records after the first `count`. What cannot be read on ends them and is told in the end, so that what stands
 * before it is written.
 */
export async function* readOn(
  records: AsyncGenerator<InputRecord>,
  count: number,
  onEnd: (error: unknown) => void,
): AsyncGenerator<InputRecord> {
  let seen = 0;
  try {
    for await (const record of records) {
      seen += 1;
      if (seen > count) yield record;
    }
  } catch (error) {
    onEnd(error);
  }
}
