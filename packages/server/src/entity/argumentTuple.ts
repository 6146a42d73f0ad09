import { z } from "zod";

/** What the schemas of some arguments give. */
type Parsed<Schemas extends readonly z.ZodType[]> = { [At in keyof Schemas]: z.output<Schemas[At]> };

/**
 * The input of a procedure that takes arguments as a store's method does, a tuple: `[key, { ifMatch }]`. Where the first
 * is enough it may stand alone, since items and keys are objects and never arrays: no field of theirs meets an option.
 * Each argument is checked by its own schema, and every wrong field of all of them is named.
 *
 * @param form how the tuple is written, for the message that refuses what is none
 * @param required how many arguments there have to be
 */
export function argumentTuple<Input, const Schemas extends readonly z.ZodType[]>(
  form: string,
  required: number,
  schemas: Schemas,
): z.ZodType<Parsed<Schemas>, Input> {
  return z.unknown().transform((input, context) => {
    const given: readonly unknown[] = Array.isArray(input) ? input : [input];
    if (given.length < required || given.length > schemas.length) {
      context.addIssue({ code: "custom", message: `has to be ${form}` });
      return z.NEVER;
    }
    return schemas.map((schema, at) => {
      const { data, error } = schema.safeParse(given[at]);
      for (const issue of error?.issues ?? []) context.issues.push({ ...issue } as z.core.$ZodRawIssue);
      return data;
    });
  }) as unknown as z.ZodType<Parsed<Schemas>, Input>;
}
