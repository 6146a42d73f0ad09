/** Standard output as a stream of text that nobody has to hold in memory. */
export interface Output {
  /** Writes, and waits until it is written. @returns whether somebody still reads */
  write(text: string): Promise<boolean>;
}

/** Standard output. Once its reader has had enough (`| head`) there is no use in going on. */
export function standardOutput(): Output {
  return {
    async write(text) {
      const { stdout } = process;
      if (text !== "" && !isGone(stdout)) {
        // What of it failed is main.ts's matter: a broken pipe is no failure, a full disk ends the process.
        await new Promise<void>((resolve) => stdout.write(text, () => resolve()));
      }
      return !isGone(stdout);
    },
  };
}

const isGone = (stdout: NodeJS.WriteStream): boolean => stdout.destroyed || stdout.errored !== null;
