import { spawn } from "node:child_process";
import { fstatSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { ReaderGone } from "./errors.ts";

/** A standard stream, as far as it is written to. */
export type Stream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command has of its process: `process` itself, or a test's streams. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Signals that ask the process to end. */
  once(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
  off(name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void): unknown;
}

/** Standard output as a stream of text that nobody has to hold in memory. */
export interface Output {
  /** Writes, and waits until it is written. @throws ReaderGone when nobody reads any more */
  write(text: string): Promise<void>;
  /** Aborts with {@link ReaderGone} when it is known that nobody reads any more. */
  readonly signal: AbortSignal;
  /** Nobody reads any more. */
  close(): void;
}

/** What a write into a pipe or a socket fails with when its reader is gone. */
const isReaderGone = (error: unknown): boolean =>
  ["EPIPE", "ECONNRESET", "EOF", "ERR_STREAM_DESTROYED"].includes(
    (error as NodeJS.ErrnoException | null)?.code ?? "",
  );

/**
 * Makes it of a stream. What a write fails with has to be kept when it comes: Node forgets on standard output that a pipe
 * is broken.
 *
 * @param onFailure is told what else a write fails with: a full disk
 */
export function createOutput(stream: Stream, onFailure: (error: Error) => void): Output {
  const gone = new AbortController();
  const close = (): void => gone.abort(new ReaderGone("Nobody reads the output."));
  stream.on("error", (error) => {
    if (isReaderGone(error)) close();
    else onFailure(error);
  });
  return {
    signal: gone.signal,
    close,
    async write(text) {
      gone.signal.throwIfAborted();
      if (text === "") return;
      await new Promise<void>((resolve) => {
        stream.write(text, (error) => {
          if (isReaderGone(error)) close();
          resolve();
        });
      });
      gone.signal.throwIfAborted();
    },
  };
}

/**
 * Follows the reader of standard output for work that may write nothing for hours, and so would not learn that the reader
 * is gone. Node cannot wait for that; GNU `tail -f` does, with the same pipe as its standard output, and dies of SIGPIPE.
 * Where there is no such `tail`, or no pipe, the next write tells.
 *
 * @returns ends it
 */
export function followReader({ io, output }: { readonly io: Io; readonly output: Output }): () => void {
  const { fd } = io.stdout as { fd?: number };
  if (fd === undefined || process.platform !== "linux" || !fstatSync(fd).isFIFO()) return () => undefined;
  // With --pid it ends with this process, even after a kill, so that it holds nobody's pipe open.
  const tail = spawn("tail", ["-f", "-s", "0.1", `--pid=${process.pid}`, "/dev/null"], {
    stdio: ["ignore", fd, "ignore"],
  });
  tail.unref();
  tail.on("error", () => undefined);
  tail.once("exit", (_code, signal) => {
    if (signal === "SIGPIPE") output.close();
  });
  return () => {
    tail.kill();
  };
}
