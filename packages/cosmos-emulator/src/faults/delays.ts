/** Waits that end early when the emulator stops. */
export interface Delays {
  wait(milliseconds: number): Promise<void>;
  /** Ends all waits, and those to come at once. */
  end(): void;
}

export function createDelays(): Delays {
  const waiting = new Map<() => void, NodeJS.Timeout>();
  let isEnded = false;
  return {
    wait(milliseconds) {
      if (isEnded || milliseconds <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(resolve);
          resolve();
        }, milliseconds);
        waiting.set(resolve, timer);
      });
    },
    end() {
      isEnded = true;
      for (const [resolve, timer] of waiting) {
        clearTimeout(timer);
        resolve();
      }
      waiting.clear();
    },
  };
}
