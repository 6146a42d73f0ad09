import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Endpoint, parseEndpoint } from "./endpoint.ts";

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

const resourceName = z
  .string()
  .regex(/^[^/\\?#]{1,255}$/, "has to have 1 to 255 characters, none of / \\ ? #")
  .refine((name) => !name.endsWith(" "), "must not end with a space");

/**
 * The variables that configure Cosmos DB; what they parse to is {@link CosmosConfiguration}. A program with variables
 * of its own extends this shape and parses all of them at once.
 */
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
  COSMOS_CONTAINER: resourceName.default("items"),
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

const cosmosSchema = z.object(cosmosEnvironment);

/** Where Cosmos DB is and how to get in. */
export interface CosmosConfiguration {
  readonly endpoint: Endpoint;
  readonly database: string;
  readonly container: string;
  /** Regions in the order in which reads try them, as Azure names them: `East US`. */
  readonly preferredLocations: readonly string[];
  /** A PEM file of further certificate authorities, for an emulator's TLS. */
  readonly caFile?: string | undefined;
}

/** Reads the variables of {@link cosmosEnvironment}. @throws ConfigurationError that names every mistake. */
export function readCosmosConfiguration(env: NodeJS.ProcessEnv): CosmosConfiguration {
  return toCosmosConfiguration(parseEnvironment(cosmosSchema, env));
}

/** Names the parsed variables as the rest of the code does. */
export function toCosmosConfiguration(variables: z.output<typeof cosmosSchema>): CosmosConfiguration {
  return {
    endpoint: variables.COSMOS_ENDPOINT,
    database: variables.COSMOS_DATABASE,
    container: variables.COSMOS_CONTAINER,
    preferredLocations: variables.COSMOS_PREFERRED_LOCATIONS,
    caFile: variables.COSMOS_CA_FILE,
  };
}

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
