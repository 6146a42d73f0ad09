import { relative } from "node:path";
import {
  ForksPoolWorker,
  type PoolOptions,
  type PoolRunnerInitializer,
  type WorkerRequest,
} from "vitest/node";

/** Vitest's process of a test file, which is ended when nothing was heard of it for so long. */
class WatchedFork extends ForksPoolWorker {
  readonly #limit: number;
  #files: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isSilent = false;
  #fail: (error: Error) => void = () => undefined;

  constructor(options: PoolOptions, limit: number) {
    super(options);
    this.#limit = limit;
  }

  override on(event: string, callback: (...args: unknown[]) => void): void {
    if (event === "error") this.#fail = callback;
    super.on(event, callback);
  }

  override send(request: WorkerRequest): void {
    if (request.type === "run") this.#files = request.context.files.map(({ filepath }) => filepath);
    super.send(request);
  }

  override async start(): Promise<void> {
    await super.start();
    this.on("message", () => this.#expectMore());
    this.#expectMore();
  }

  override async stop(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#isSilent) return super.stop();
    // What a test has started may outlive its process and hold its output open, for which the superclass waits.
    await Promise.race([super.stop(), new Promise((resolve) => this.on("exit", resolve))]);
  }

  #expectMore(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isSilent = true;
      const files = this.#files.map((file) => relative(process.cwd(), file)).join(", ");
      this.#fail(
        new Error(`${files} no longer moves: nothing was heard of it for ${this.#limit / 1_000} s.`),
      );
    }, this.#limit);
  }
}

/**
 * Vitest's pool of processes, which ends one that no longer moves, names its test file and goes on with the others. A test's
 * own time-out cannot: in a process that goes round in a loop or in microtasks no timer runs any more.
 *
 * @param limit milliseconds; more than the time-out of a test, since a process says nothing while a test waits
 */
export const watchedForks = (limit: number): PoolRunnerInitializer => ({
  name: "watched-forks",
  createPoolWorker: (options) => new WatchedFork(options, limit),
});
