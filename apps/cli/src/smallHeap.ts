import { setFlagsFromString } from "node:v8";

/**
 * Has V8 keep the part of its heap for new objects small. Long work makes little that stays and much that does not; V8
 * would give that up to 48 MB, three times as much behind it, before it looks: 250 MB instead of 150 for an import.
 */
export const keepHeapSmall = (): void => setFlagsFromString("--semi-space-growth-factor=1");
