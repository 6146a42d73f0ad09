import { delay } from "../faults/fault.ts";
import type { Faults } from "../faults/faults.ts";
import { readFields, text } from "../fields.ts";
import type { Route } from "./route.ts";

/** Faults and latency. */
export const faultRoutes = (faults: Faults): readonly Route[] => [
  { method: "GET", path: "/faults", run: () => ({ faults: faults.list() }) },
  // What the body may have is checked by `add`.
  { method: "POST", path: "/faults", status: 201, run: ({ body }) => faults.add(body as object) },
  { method: "DELETE", path: "/faults", status: 204, run: () => faults.clear() },
  {
    method: "DELETE",
    path: "/faults/:id",
    status: 204,
    run: ({ parameters }) => faults.remove(parameters["id"] ?? ""),
  },
  { method: "GET", path: "/latency", run: () => ({ latency: faults.latency() }) },
  {
    method: "PUT",
    path: "/latency",
    run({ body }) {
      const { ms, region } = readFields<{ ms: number; region?: string }>(body, { ms: delay, region: text }, [
        "ms",
      ]);
      faults.setLatency(ms, region);
      return { latency: faults.latency() };
    },
  },
];
