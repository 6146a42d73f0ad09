import { delay } from "../faults/fault.ts";
import { readFields, text } from "../fields.ts";
import type { AdminHandler } from "./route.ts";

export const listFaults: AdminHandler = ({ faults }) => ({ faults: faults.list() });

// What the body may have is checked by `add`.
export const addFault: AdminHandler = ({ faults }, { body }) => faults.add(body as object);

export const clearFaults: AdminHandler = ({ faults }) => faults.clear();

export const removeFault: AdminHandler = ({ faults }, { parameters }) =>
  faults.remove(parameters["id"] ?? "");

export const readLatency: AdminHandler = ({ faults }) => ({ latency: faults.latency() });

export const setLatency: AdminHandler = ({ faults }, { body }) => {
  const read = { ms: delay, region: text };
  const { ms, region } = readFields<{ ms: number; region?: string }>(body, read, ["ms"]);
  faults.setLatency(ms, region);
  return { latency: faults.latency() };
};
