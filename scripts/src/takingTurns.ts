/** Runs a task at each call, one run at a time: however many calls come during a run, one more follows it. */
export function takingTurns(task: (isOutdated: () => boolean) => Promise<void>): () => Promise<void> {
  let isWanted = false;
  let turns: Promise<void> | undefined;
  return () => {
    isWanted = true;
    turns ??= (async () => {
      while (isWanted) {
        isWanted = false;
        await task(() => isWanted);
      }
      turns = undefined;
    })();
    return turns;
  };
}
