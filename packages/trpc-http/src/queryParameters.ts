import type { ParameterReader } from "./trpcInternals.ts";

/**
 * Reads single parameters of a query string as `URLSearchParams` does, without taking the whole string apart. Falls
 * back to `URLSearchParams` where names are encoded or a value is not valid percent-encoded UTF-8.
 */
export class QueryParameters implements ParameterReader {
  readonly #query: string;
  #parsed: URLSearchParams | undefined;

  constructor(query: string) {
    this.#query = query;
  }

  /** @param name of letters only, as are all that tRPC asks for. */
  get(name: string): string | null {
    if (this.#query === "") return null;
    if (this.#parsed) return this.#parsed.get(name);
    return this.#find(name);
  }

  /** Whether `get` gives what is left of a parameter that is not valid percent-encoding of UTF-8. */
  isLossy(name: string): boolean {
    if (!this.get(name)?.includes("\ufffd")) return false;
    try {
      decodeURIComponent(this.#query);
      return false;
    } catch {
      return true;
    }
  }

  #find(name: string): string | null {
    const query = this.#query;
    for (let start = 0; start <= query.length; ) {
      const ampersand = query.indexOf("&", start);
      const end = ampersand === -1 ? query.length : ampersand;
      const equals = query.indexOf("=", start);
      const nameEnd = equals === -1 || equals > end ? end : equals;
      const found = query.slice(start, nameEnd);
      if (found === name) return this.#decode(name, query.slice(Math.min(nameEnd + 1, end), end));
      if (found.includes("%") || found.includes("+")) return this.#parse().get(name);
      start = end + 1;
    }
    return null;
  }

  #decode(name: string, value: string): string | null {
    const spaced = value.includes("+") ? value.replaceAll("+", " ") : value;
    if (!spaced.includes("%")) return spaced;
    try {
      return decodeURIComponent(spaced);
    } catch {
      return this.#parse().get(name);
    }
  }

  #parse(): URLSearchParams {
    // The question mark is dropped again by the parser; without it, one that the query starts with would be.
    this.#parsed ??= new URLSearchParams(`?${this.#query}`);
    return this.#parsed;
  }
}
