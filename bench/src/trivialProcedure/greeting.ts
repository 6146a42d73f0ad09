import { z } from "zod";

/** What every server under comparison takes, checks and gives. */
export const input = z.object({ name: z.string().min(1).max(100) });

export function greeting(name: string) {
  return { text: `Hello, ${name}` };
}
