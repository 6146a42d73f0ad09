import { isRecord, type JsonSchema, type ProcedureManifest } from "@cosmos-trpc/base";
import type { Command } from "commander";
import { alone, type ProcedureApi } from "../calls.ts";
import { optionsOf } from "../commands/entityCommand.ts";
import { Refused } from "../errors.ts";
import { interruptible } from "../interrupt.ts";
import { followReader } from "../output.ts";
import type { CommonOptions, Session } from "../session.ts";
import { showRows, showUsage, valueText } from "../terminal/show.ts";
import { addInput } from "./inputOptions.ts";

/** Adds the command of one of the router's own procedures: `transfers make --from a --to b --amount 3`. */
export function addProcedure(
  commands: Command,
  session: Session,
  path: string,
  procedure: ProcedureManifest,
): void {
  const name = path.split(".").at(-1) ?? path;
  // An entity's own commands are not all procedures: `import` is none, and may be one of the team's.
  const isTaken = commands.commands.some((one) => one.name() === name);
  const command = commands
    .command(isTaken ? `call-${name}` : name)
    .description(procedure.description ?? `The procedure ${path}`);
  const toInput = addInput(command, procedure.input as JsonSchema | undefined);
  command.action(async () => {
    const options = optionsOf(command);
    const input = toInput();
    const api = session.api(options);
    const called = api.procedure(path);
    if (procedure.type === "subscription") return follow(session, called, input, api.explain);
    const { signal } = session.output;
    const result = await api.orRefused(
      procedure.type === "query" ? called.query(input, { ...alone, signal }) : called.mutate(input, alone),
    );
    await printResult(session, result, options);
    if (options.json !== true) session.io.stderr.write(showRows([["charge", showUsage(api.usage())]]));
  });
}

/** Prints what a procedure gives: for people an object's fields, a line each; of a list each element. */
async function printResult(session: Session, result: unknown, options: CommonOptions): Promise<void> {
  if (result === undefined) return;
  if (options.json === true) await session.printJson(result);
  else if (Array.isArray(result)) for (const element of result) await session.printJson(element);
  else if (isRecord(result)) {
    const rows = Object.entries(result).map(([name, value]) => [name, valueText(value, { name })] as const);
    await session.output.write(showRows(rows));
  } else await session.printJson(result);
}

/** Prints what a subscription gives, a line of JSON each, until it ends. */
async function follow(
  session: Session,
  procedure: ProcedureApi,
  input: unknown,
  explain: (error: unknown) => string,
): Promise<void> {
  let printed = Promise.resolve();
  const unfollow = followReader(session);
  try {
    await interruptible(
      session,
      (signal) =>
        new Promise<void>((resolve, reject) => {
          const subscription = procedure.subscribe(input, {
            onData(data) {
              printed = printed.then(() => session.printJson(data)).catch(reject);
            },
            onError: (error) => reject(new Refused(explain(error))),
            onComplete: resolve,
          });
          const abort = (): void => {
            subscription.unsubscribe();
            reject(signal.reason);
          };
          signal.addEventListener("abort", abort, { once: true });
        }),
      () => "Stopped.",
    );
    await printed;
  } finally {
    unfollow();
  }
}
