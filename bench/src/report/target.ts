/** One line of a table of targets. */
export interface Target {
  readonly workload: string;
  readonly target: string;
  readonly measured: number;
  /** Of both figures: × for a ratio. */
  readonly unit: "×" | "ms" | "MB";
  /** The ratio by the servers' CPU time, which the rest of a busy machine changes less. */
  readonly byCpu?: number;
  readonly isReached: boolean;
}

const twoDecimals = (value: number): number => Math.round(value * 100) / 100;

/** A ratio that should not be below a bound. */
export const atLeast = (bound: number, workload: string, measured: number, byCpu?: number): Target => ({
  workload,
  target: `at least ${bound} ×`,
  measured: twoDecimals(measured),
  unit: "×",
  ...(byCpu === undefined ? {} : { byCpu: twoDecimals(byCpu) }),
  isReached: measured >= bound,
});

/** A ratio that should not be above a bound. */
export const atMost = (bound: number, workload: string, measured: number, byCpu?: number): Target => ({
  ...within(bound, "×", workload, measured),
  ...(byCpu === undefined ? {} : { byCpu: twoDecimals(byCpu) }),
});

/** A figure that should not be above a bound. */
export const within = (bound: number, unit: Target["unit"], workload: string, measured: number): Target => ({
  workload,
  target: `at most ${bound} ${unit}`,
  measured: twoDecimals(measured),
  unit,
  isReached: measured <= bound,
});
