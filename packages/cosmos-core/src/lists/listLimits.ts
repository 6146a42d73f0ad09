import { z } from "zod";

/** Items that a page of a list may have. */
export const maxListLimit = 1_000;

/** The schema of a page's size that comes from outside. */
export const listLimit = z
  .int("has to be a whole number")
  .min(1, "has to be 1 or more")
  .max(maxListLimit, `has to be at most ${maxListLimit}`)
  .describe("How many items a page has at most");
