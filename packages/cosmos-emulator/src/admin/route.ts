/** One request that the administrative endpoint serves. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/_emulator`; a segment that begins with a colon is a parameter. */
  readonly path: string;
  /** Status of the answer; 200 unless said. 204 has no body. */
  readonly status?: 201 | 204;
  /** Does what the request asks for. What it gives back is answered as JSON. */
  run(input: RouteInput): unknown;
}

/** What a route works on. */
interface RouteInput {
  /** Decoded parameters of the path. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The body as JSON; an empty object when there is none. */
  readonly body: unknown;
}

/** The parameters of a path that fits a route's. */
export function matchPath(pattern: string, segments: readonly string[]): Record<string, string> | undefined {
  const wanted = pattern.split("/").slice(1);
  if (wanted.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith(":")) parameters[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return parameters;
}
