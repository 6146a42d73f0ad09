/** One request, spelled out. */
export interface RequestSpelling {
  readonly method?: string;
  readonly target: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array | undefined;
  /** Overrides the version `1.1`. */
  readonly version?: string;
}

/** A request's bytes. A body comes with its length. */
export function spell({
  method = "GET",
  target,
  headers = [],
  body,
  version = "1.1",
}: RequestSpelling): Buffer {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const lines = [`${method} ${target} HTTP/${version}`];
  if (!headers.some(([name]) => name.toLowerCase() === "host")) lines.push("Host: 127.0.0.1");
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (bytes) lines.push(`Content-Length: ${bytes.length}`);
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return bytes ? Buffer.concat([head, bytes]) : head;
}

/** A query with an input. */
export function get(path: string, input?: unknown, extra = ""): RequestSpelling {
  const query =
    input === undefined ? extra : `${extra}${extra && "&"}input=${encodeURIComponent(JSON.stringify(input))}`;
  return { target: `/${path}${query && "?"}${query}` };
}

/** A mutation with a JSON body. */
export function post(path: string, body?: unknown, contentType = "application/json"): RequestSpelling {
  return {
    method: "POST",
    target: `/${path}`,
    headers: [["Content-Type", contentType]],
    body: body === undefined ? "" : JSON.stringify(body),
  };
}
