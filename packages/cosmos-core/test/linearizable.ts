/** What was done with a register, and what came of it. Each write's value is one that no other write has. */
export type Step =
  | { readonly kind: "read"; readonly value: string | undefined }
  | { readonly kind: "write"; readonly value: string }
  /** A write where nothing was: it is done then only. */
  | { readonly kind: "create"; readonly value: string; readonly isDone: boolean }
  /** A write where something was. */
  | { readonly kind: "change"; readonly value: string | undefined; readonly isDone: boolean }
  /** Compare and set: a write over one value only. */
  | {
      readonly kind: "swap";
      readonly expected: string | undefined;
      readonly value: string;
      readonly isDone: boolean;
    };

/** A step, and between which moments it was done. */
export interface TimedStep {
  readonly step: Step;
  readonly begin: number;
  /** `Infinity` for a write of which nobody knows whether it took effect, or when. */
  readonly end: number;
}

/**
 * Whether there is an order of the steps in which each happens at one moment between its begin and its end, and sees
 * what the one before it left: a search through the orders (Wing and Gong, "Testing and verifying concurrent objects",
 * 1993) that visits each set of steps done with the same value only once. A write without an end may be left out.
 */
export function isLinearizable(history: readonly TimedStep[], initial: string | undefined): boolean {
  const places = new Map(history.map((step, place) => [step, place]));
  const visited = new Set<string>();
  const isEnded = ({ end }: TimedStep): boolean => end !== Number.POSITIVE_INFINITY;

  /** The steps that may come next: those that began before any other one ended. */
  function candidates(rest: readonly TimedStep[]): TimedStep[] {
    const firstEnd = Math.min(...rest.map(({ end }) => end));
    return rest.filter(({ begin }) => begin <= firstEnd);
  }

  function search(before: readonly TimedStep[], value: string | undefined): boolean {
    let rest = before;
    // What sees this value and leaves it can come at once: that hinders nothing else.
    for (;;) {
      const seeing = candidates(rest).filter(({ step }) => sees(step, value));
      if (seeing.length === 0) break;
      rest = rest.filter((one) => !seeing.includes(one));
    }
    if (!rest.some(isEnded)) return true;
    const state = JSON.stringify([value, rest.map((one) => places.get(one))]);
    if (visited.has(state)) return false;
    visited.add(state);
    return candidates(rest).some(
      (next) =>
        next.step.kind !== "read" &&
        canWrite(next.step, value) &&
        search(
          rest.filter((one) => one !== next),
          next.step.value,
        ),
    );
  }

  return search(history, initial);
}

/** Whether a step changes nothing and fits the value that is there. */
function sees(step: Step, value: string | undefined): boolean {
  switch (step.kind) {
    case "read":
      return step.value === value;
    case "write":
      return false;
    default:
      return !step.isDone && !fits(step, value);
  }
}

const canWrite = (step: Exclude<Step, { kind: "read" }>, value: string | undefined): boolean =>
  step.kind === "write" || (step.isDone && fits(step, value));

/** Whether a conditional step finds what it wants. */
function fits(step: Exclude<Step, { kind: "read" | "write" }>, value: string | undefined): boolean {
  switch (step.kind) {
    case "create":
      return value === undefined;
    case "change":
      return value !== undefined;
    case "swap":
      return step.expected === value;
  }
}
