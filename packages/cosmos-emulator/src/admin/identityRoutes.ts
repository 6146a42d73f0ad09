import { isObject } from "@cosmos-trpc/cosmos-sql/json";
import type { FieldReader } from "../fields.ts";
import { listOf, oneOf, readFields, text, wholeNumber } from "../fields.ts";
import type { TokenOptions } from "../identity/tokens.ts";
import { InputError } from "../inputError.ts";
import type { Route } from "./route.ts";

/** A year and more: no test looks further. */
const maxSeconds = 10 * 365 * 24 * 60 * 60;

const claims: FieldReader<Record<string, unknown>> = (value, name) => {
  if (!isObject(value)) throw new InputError(`The field '${name}' has to be an object.`);
  return value;
};

/** Tokens for tests, and the key that signs them. */
export const identityRoutes = (
  issueToken: (options: TokenOptions) => Promise<string>,
  rotateSigningKey: (options: { overlapSeconds?: number }) => Promise<string>,
): readonly Route[] => [
  {
    method: "POST",
    path: "/tokens",
    status: 201,
    async run({ body }) {
      const options = readFields<TokenOptions>(
        body,
        {
          principal: text,
          audience: text,
          scopes: listOf(text),
          roles: listOf(text),
          expiresIn: wholeNumber(-maxSeconds, maxSeconds),
          clientId: text,
          claims,
          version: oneOf("1.0", "2.0"),
        },
        ["principal", "audience"],
      );
      return { access_token: await issueToken(options) };
    },
  },
  {
    method: "POST",
    path: "/signing-key",
    status: 201,
    async run({ body }) {
      const read = { overlapSeconds: wholeNumber(0, maxSeconds) };
      return { kid: await rotateSigningKey(readFields<{ overlapSeconds?: number }>(body, read)) };
    },
  },
];
