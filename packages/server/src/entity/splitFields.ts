import { z } from "zod";

/**
 * An object whose fields belong to a subject, an item or its key, and to options beside it: `{ id, name, ifMatch }`.
 * Each part is checked by its own schema, so that a schema may be anything that takes an object; every wrong field of
 * both is named.
 *
 * @param options fields that are the subject's no more
 */
export function splitFields<Subject, Input, Options extends z.ZodRawShape>(
  subject: z.ZodType<Subject, Input>,
  options: Options,
): z.ZodType<Split<Subject, Options>, Input & z.input<z.ZodObject<Options>>> {
  const optionSchema = z.strictObject(options);
  const names = new Set(Object.keys(options));
  return z.unknown().transform((input, context) => {
    const [optional, rest] = typeof input === "object" && input !== null ? divide(input, names) : [{}, input];
    const parsed = { subject: subject.safeParse(rest), options: optionSchema.safeParse(optional) };
    for (const { error } of Object.values(parsed)) {
      for (const issue of error?.issues ?? []) context.issues.push(issue as z.core.$ZodRawIssue);
    }
    return { subject: parsed.subject.data, options: parsed.options.data };
  }) as unknown as z.ZodType<Split<Subject, Options>, Input & z.input<z.ZodObject<Options>>>;
}

/** What {@link splitFields} makes of an input. */
export interface Split<Subject, Options extends z.ZodRawShape> {
  readonly subject: Subject;
  readonly options: z.output<z.ZodObject<Options>>;
}

function divide(input: object, names: ReadonlySet<string>): [optional: object, rest: unknown] {
  if (Array.isArray(input)) return [{}, input];
  const entries = Object.entries(input);
  return [
    Object.fromEntries(entries.filter(([name]) => names.has(name))),
    Object.fromEntries(entries.filter(([name]) => !names.has(name))),
  ];
}

/** The same for an object without options. */
export const asSubject = <Subject, Input>(
  schema: z.ZodType<Subject, Input>,
): z.ZodType<{ readonly subject: Subject }, Input> => schema.transform((subject) => ({ subject }));
