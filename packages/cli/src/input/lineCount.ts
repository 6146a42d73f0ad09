const newLine = 0x0a;

/** Counts the ends of lines in a stream of bytes, up to places that only ever move on. */
export interface LineCount {
  /** The stream's next bytes. */
  add(chunk: Buffer): void;
  /** The ends of lines in the first `bytes` bytes. */
  upTo(bytes: number): number;
}

/** Makes one. */
export function lineCount(): LineCount {
  let seen = 0;
  let counted = 0;
  let ends: number[] = [];
  let next = 0;
  return {
    add(chunk) {
      for (let at = chunk.indexOf(newLine); at !== -1; at = chunk.indexOf(newLine, at + 1))
        ends.push(seen + at);
      seen += chunk.length;
    },
    upTo(bytes) {
      while ((ends[next] ?? bytes) < bytes) {
        next += 1;
        counted += 1;
      }
      if (next === ends.length) {
        ends = [];
        next = 0;
      }
      return counted;
    },
  };
}
