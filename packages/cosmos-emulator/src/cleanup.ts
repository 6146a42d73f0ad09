/** Steps that take a start back, the last first. */
export interface Cleanup {
  add(step: () => unknown): void;
  /** Takes all steps, once: whoever calls again waits for the same. */
  run(): Promise<void>;
}

export function createCleanup(): Cleanup {
  const steps: (() => unknown)[] = [];
  let running: Promise<void> | undefined;
  const takeBack = async (): Promise<void> => {
    for (const step of steps.reverse()) await step();
  };
  return {
    add: (step) => void steps.push(step),
    run() {
      running ??= takeBack();
      return running;
    },
  };
}
