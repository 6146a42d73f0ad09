import type { Stream } from "../output.ts";
import { erase } from "./progressBar.ts";

/** After how long without an answer somebody at a terminal is told what is waited for, in milliseconds. */
const silence = 2_000;

const unanswered = "it has not answered yet";

/** Follows requests, to tell people at a terminal what they wait for; elsewhere nothing is told. */
export interface Waiting {
  /** Makes a request. An answer that says to come back later is none that was waited for. */
  request(make: () => Promise<Response>): Promise<Response>;
}

/** Makes one for a server. */
export function tellWaiting(stderr: Stream, tell: (text: string) => void, { origin }: URL): Waiting {
  if (stderr.isTTY !== true) return { request: (make) => make() };
  let open = 0;
  let state: string = unanswered;
  let timer: NodeJS.Timeout | undefined;

  /** Silence begins with a request, and goes on over its failure: another may follow. */
  function begin(): void {
    timer ??= setTimeout(() => {
      // Where a progress bar or a spinner may stand, which draws itself anew.
      stderr.write(erase);
      tell(`waiting for ${origin}: ${state}.`);
    }, silence).unref();
  }

  function end(): void {
    clearTimeout(timer);
    timer = undefined;
    state = unanswered;
    if (open > 0) begin();
  }

  return {
    async request(make) {
      open += 1;
      begin();
      try {
        const response = await make();
        open -= 1;
        if (response.status === 429 || response.status > 499) state = `it answers HTTP ${response.status}`;
        else end();
        return response;
      } catch (error) {
        open -= 1;
        state = "it cannot be reached";
        throw error;
      }
    },
  };
}
