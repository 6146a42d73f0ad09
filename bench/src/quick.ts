/** Whether a run is to be short: `BENCH_QUICK=1`, for a look and not for figures to keep. */
export const quick = process.env["BENCH_QUICK"] === "1";
