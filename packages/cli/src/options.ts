import { InvalidArgumentError } from "commander";

/** Options that every command takes. */
export interface CommonOptions {
  readonly url: URL;
  readonly json?: boolean;
}

/** Where the server is by default: where `pnpm dev` puts it. */
export const defaultUrl = "http://localhost:3000";

/** Reads the server's URL. */
export function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError(`'${text}' is no http or https URL.`);
  }
  return url;
}
