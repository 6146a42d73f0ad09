/**
 * Runs `work` on a stream of inputs, up to `concurrency` at a time, and yields the results in the inputs' order. The first
 * failure ends it.
 */
export async function* inOrder<Input, Result>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  concurrency: number,
  work: (input: Input) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  for await (const input of inputs) {
    const result = work(input);
    // The first failure ends the stream; those behind it are nobody's to hear.
    result.catch(() => undefined);
    running.push(result);
    const first = running.length >= concurrency ? running.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const result of running) yield await result;
}
