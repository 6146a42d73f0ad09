/** How much {@link inOrder} may hold: inputs, and what they weigh together. */
export interface InOrderLimits<Input> {
  readonly maxConcurrency: number;
  readonly maxWeight?: number;
  readonly weigh?: (input: Input) => number;
}

/**
 * Works on what comes from a source, on several at once, and gives the results in the source's order, each as soon as
 * it and those before it are there. It takes from the source only what it can work on: memory is bounded by the limits,
 * whatever the source's length and however slowly the results are taken. What the source throws comes after the results
 * of what it gave before.
 */
export async function* inOrder<Input, Output>(
  source: Iterable<Input> | AsyncIterable<Input>,
  { maxConcurrency, maxWeight = Number.POSITIVE_INFINITY, weigh = () => 0 }: InOrderLimits<Input>,
  work: (input: Input, index: number) => Promise<Output>,
): AsyncGenerator<Output, void, undefined> {
  const inputs = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const working: { readonly output: Promise<Output>; readonly weight: number }[] = [];
  let taking: Promise<void> | undefined;
  let index = 0;
  let held = 0;
  let isOver = false;
  let failure: { readonly error: unknown } | undefined;

  async function take(): Promise<void> {
    try {
      const { done, value } = await inputs.next();
      if (done === true) isOver = true;
      else begin(value);
    } catch (error) {
      isOver = true;
      failure = { error };
    } finally {
      taking = undefined;
    }
  }

  function begin(input: Input): void {
    const output = work(input, index);
    // It may fail before its turn comes; whoever waits for it then is told.
    output.catch(() => undefined);
    const added = weigh(input);
    working.push({ output, weight: added });
    held += added;
    index += 1;
  }

  try {
    for (;;) {
      const isFull = working.length >= maxConcurrency || held > maxWeight;
      if (!isOver && !isFull) taking ??= take();
      const [first] = working;
      if (first === undefined) {
        if (taking === undefined) break;
        await taking;
      } else if (taking === undefined || (await isFirst(first.output, taking))) {
        const result = await first.output;
        working.shift();
        held -= first.weight;
        yield result;
      }
    }
    if (failure !== undefined) throw failure.error;
  } finally {
    // A source that is still asked for its next cannot be waited for: it may never have one.
    const closing = isOver ? undefined : inputs.return?.();
    if (taking === undefined) await closing;
  }
}

/** Whether the one promise is settled before the other. */
const isFirst = (one: Promise<unknown>, other: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    one.then(
      () => true,
      () => true,
    ),
    other.then(() => false),
  ]);
