import type { Manifest } from "@cosmos-trpc/base";
import { type Api, createApi } from "./api.ts";
import type { Refused } from "./errors.ts";
import type { CliOptions } from "./options.ts";
import { createOutput, type Io, type Output } from "./output.ts";
import { jsonLine, printable, showUsage } from "./terminal/show.ts";

/** Options that every command takes. */
export interface CommonOptions {
  readonly url?: URL;
  readonly json?: boolean;
}

/** One run of the command: what it is of, where it reads and writes. */
export interface Session {
  readonly name: string;
  readonly manifest: Manifest;
  readonly inputs: NonNullable<CliOptions["inputs"]>;
  readonly io: Io;
  readonly output: Output;
  /** Whether standard output is for people: a terminal, and nobody asked for JSON. */
  isForPeople(options: CommonOptions): boolean;
  /** Prints a value as a line of JSON. */
  printJson(value: unknown): Promise<void>;
  /** Tells people something on standard error: standard output has data alone. */
  tell(text: string): void;
  /** Tells what was done, and what it cost, where nobody asked for output for machines. */
  tellDone(text: string, options: CommonOptions): void;
  /** The server that the options name. */
  api(options: CommonOptions): Api;
}

/** Begins one. */
export function createSession(options: CliOptions, io: Io, onFailure: (error: Error) => void): Session {
  const { name, manifest, inputs = {} } = options;
  const output = createOutput(io.stdout, onFailure);
  const session: Session = {
    name,
    manifest,
    inputs,
    io,
    output,
    isForPeople: ({ json }) => json !== true && io.stdout.isTTY === true,
    printJson: (value) => output.write(jsonLine(value)),
    tell(text) {
      io.stderr.write(`${name}: ${printable(text)}\n`);
    },
    tellDone(text, { json }) {
      if (json !== true) io.stderr.write(`${printable(text)}\n`);
    },
    api: ({ url }) => createApi(session, options, url),
  };
  return session;
}

/** What a refused call cost, for people; a machine's output has just the sentence. */
export function costOf({ usage }: Refused, { json }: CommonOptions): string {
  return usage === undefined || usage.requestCharge === 0 || json === true ? "" : ` (${showUsage(usage)})`;
}
