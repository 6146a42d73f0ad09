import type { Emulator } from "../emulator.ts";

/** What of an emulator the administrative endpoint changes. */
export type AdministeredEmulator = Pick<
  Emulator,
  "faults" | "regions" | "roles" | "principals" | "issueToken" | "rotateSigningKey" | "splitPartition"
>;

/** What a request to the administrative endpoint says. */
interface AdminInput {
  /** Decoded parameters of the path. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The body as JSON; an empty object when there is none. */
  readonly body: unknown;
}

/** Does what a request asks for. What it gives back is answered as JSON. */
export type AdminHandler = (emulator: AdministeredEmulator, input: AdminInput) => unknown;

/** One request that the administrative endpoint serves: below `/_emulator`, a segment with a colon is a parameter. */
export type AdminRoute = readonly [
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  handler: AdminHandler,
  /** Status of the answer; 200 unless said. 204 has no body. */
  status?: 201 | 204,
];

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
