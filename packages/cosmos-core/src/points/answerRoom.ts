import { jsonBytes, jsonBytesAtMost } from "../definition/jsonBytes.ts";

/** Bytes of JSON that an answer still has room for. */
export interface AnswerRoom {
  /** Takes a value in when there is room for it. The first one always has it: every answer comes further. */
  take(value: unknown): boolean;
}

/** Makes room for so many bytes. Nothing is measured exactly before it is known that the bytes may not do. */
export function createAnswerRoom(bytes: number): AnswerRoom {
  let measured = 0;
  let unmeasured: unknown[] = [];
  let unmeasuredAtMost = 0;
  return {
    take(value) {
      const atMost = jsonBytesAtMost(value);
      if (measured + unmeasuredAtMost + atMost <= bytes) {
        unmeasured.push(value);
        unmeasuredAtMost += atMost;
        return true;
      }
      for (const before of unmeasured) measured += jsonBytes(before);
      unmeasured = [];
      unmeasuredAtMost = 0;
      const size = jsonBytes(value);
      if (measured > 0 && measured + size > bytes) return false;
      measured += size;
      return true;
    },
  };
}
