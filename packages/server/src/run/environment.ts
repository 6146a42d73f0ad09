import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Endpoint, parseEndpoint } from "@cosmos-trpc/cosmos-core/schema";
import { z } from "zod";

/** An environment that cannot be used; its message names every mistake, not just the first. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  /** One sentence for each mistake, each with the variable's name and value and what to do. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? "1 mistake" : `${problems.length} mistakes`;
    super(`The environment has ${count}:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** The name of a database or a container. Source: Learn, "Azure Cosmos DB service quotas", limits of resource names. */
export const resourceName = z
  .string()
  .regex(/^[^/\\?#]{1,255}$/, "has to have 1 to 255 characters, none of / \\ ? #")
  .refine((name) => !name.endsWith(" "), "must not end with a space");

/** The variables that say where Cosmos DB is. */
export const cosmosEnvironment = {
  COSMOS_ENDPOINT: z
    .string("is missing: set it to the account's endpoint, https://<account>.documents.azure.com")
    .transform((value, context): Endpoint => {
      const endpoint = parseEndpoint(value);
      if (typeof endpoint !== "string") return endpoint;
      // A value that may hold a key is not shown.
      context.addIssue({ code: "custom", message: endpoint, params: { isSecret: /[;@]|key=/i.test(value) } });
      return z.NEVER;
    }),
  COSMOS_DATABASE: resourceName.default("appdb"),
  COSMOS_PREFERRED_LOCATIONS: z
    .string()
    .default("")
    .transform((list) => list.split(",").map((name) => name.trim()))
    .transform((names) => names.filter((name) => name !== "")),
  COSMOS_CA_FILE: z
    .string()
    .refine(
      isCertificateFile,
      "names a file that cannot be read or holds no certificate: set it to a certificate authority's PEM file, or unset it",
    )
    .optional(),
  AZURE_CLIENT_ID: z
    .guid(
      "has to be the client id of a user-assigned managed identity, a GUID; unset it for the system-assigned one",
    )
    .optional(),
} as const;

/**
 * Parses an environment; a variable set to nothing counts as not set.
 *
 * @throws ConfigurationError that names every mistake at once.
 */
export function parseEnvironment<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: NodeJS.ProcessEnv,
): z.output<z.ZodObject<Shape>> {
  const set = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (env[name]?.trim() ? [[name, env[name]?.trim()]] : [])),
  );
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  throw new ConfigurationError(
    result.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      const isSecret = issue.code === "custom" && issue.params?.["isSecret"] === true;
      const value = set[name] === undefined || isSecret ? "" : `=${JSON.stringify(set[name])}`;
      return `${name}${value} ${issue.message}`;
    }),
  );
}

/** TLS takes any text for authorities and only then refuses every server: better to say so at the start. */
function isCertificateFile(file: string): boolean {
  try {
    return new X509Certificate(readFileSync(file)).raw.length > 0;
  } catch {
    return false;
  }
}
