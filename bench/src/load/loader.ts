import { join } from "node:path";
import type { Burst, Load } from "./load.ts";
import { cores, nextMessage, startPinned } from "./pinned.ts";

/** The process that makes the load of a bench, on a core apart from the servers'. */
export interface Loader {
  run(load: Load): Promise<Burst>;
  stop(): void;
}

export function startLoader(): Loader {
  const child = startPinned(cores.others, [join(import.meta.dirname, "load.ts")]);
  return {
    run(load) {
      child.send(load);
      return nextMessage<Burst>(child);
    },
    stop: () => child.disconnect(),
  };
}
