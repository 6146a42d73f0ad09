import { isObject } from "@cosmos-trpc/cosmos-sql/json";
import { InputError } from "../errors.ts";
import { type FieldReader, listOf, oneOf, readFields, text, wholeNumber } from "../fields.ts";
import type { TokenOptions } from "../identity/tokens.ts";
import type { AdminHandler } from "./route.ts";

/** A year and more: no test looks further. */
const maxSeconds = 10 * 365 * 24 * 60 * 60;

const claims: FieldReader<Record<string, unknown>> = (value, name) => {
  if (!isObject(value)) throw new InputError(`The field '${name}' has to be an object.`);
  return value;
};

const tokenFields = {
  principal: text,
  audience: text,
  scopes: listOf(text),
  roles: listOf(text),
  expiresIn: wholeNumber(-maxSeconds, maxSeconds),
  clientId: text,
  claims,
  version: oneOf("1.0", "2.0"),
} as const;

export const issueToken: AdminHandler = async (emulator, { body }) => {
  const options = readFields<TokenOptions>(body, tokenFields, ["principal", "audience"]);
  return { access_token: await emulator.issueToken(options) };
};

export const rotateSigningKey: AdminHandler = async (emulator, { body }) => {
  const options = readFields<{ overlapSeconds?: number }>(body, {
    overlapSeconds: wholeNumber(0, maxSeconds),
  });
  return { kid: await emulator.rotateSigningKey(options) };
};
