import { once } from "node:events";

/** Standard output as a stream of text that nobody has to hold in memory. */
export interface Output {
  /** Writes, and waits until there is room for more. @returns whether somebody still reads */
  write(text: string): Promise<boolean>;
}

/** Standard output. Once its reader has had enough (`| head`) there is no use in going on. */
export function standardOutput(): Output {
  return {
    async write(text) {
      const { stdout } = process;
      if (text === "") return !isGone(stdout);
      if (!isGone(stdout) && !stdout.write(text)) {
        const room = new AbortController();
        const { signal } = room;
        await Promise.race([once(stdout, "drain", { signal }), once(stdout, "close", { signal })]).catch(
          // A broken pipe; main.ts says what else.
          () => undefined,
        );
        room.abort();
      }
      return !isGone(stdout);
    },
  };
}

const isGone = (stdout: NodeJS.WriteStream): boolean => stdout.destroyed || stdout.errored !== null;
