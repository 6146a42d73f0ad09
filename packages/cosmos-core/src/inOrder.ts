/**
 * Works on what comes from a source, on so many at once, and gives the results in the source's order. It takes from the
 * source only what it can work on: memory is bounded by `atOnce`, whatever the source's length and however slowly the
 * results are taken.
 */
export async function* inOrder<Input, Output>(
  source: Iterable<Input> | AsyncIterable<Input>,
  atOnce: number,
  work: (input: Input, index: number) => Promise<Output>,
): AsyncGenerator<Output, void, undefined> {
  const working: Promise<Output>[] = [];
  let index = 0;
  try {
    for await (const input of source) {
      const output = work(input, index);
      // It may fail before its turn comes; whoever waits for it then is told.
      output.catch(() => undefined);
      working.push(output);
      index += 1;
      if (working.length >= atOnce) yield await (working.shift() as Promise<Output>);
    }
    for (let next = working.shift(); next !== undefined; next = working.shift()) yield await next;
  } finally {
    await Promise.allSettled(working);
  }
}
