import { inOrder } from "@cosmos-trpc/base";
import type { Command } from "commander";
import { isUnanswered } from "../api.ts";
import { alone } from "../calls.ts";
import { addPartitionKey } from "../entity/keyOptions.ts";
import { Refused, WrongUsage } from "../errors.ts";
import { countItems, partOfItems, showUsage } from "../terminal/show.ts";
import { type EntityContext, exampleKey, examples, optionsOf } from "./entityCommand.ts";
import { type ConditionOptions, writeInput } from "./write.ts";

/** Calls that are on their way at once. */
const concurrency = 16;

/** `delete <id…>`. */
export function addDelete(commands: Command, context: EntityContext): void {
  const { session, name, entity } = context;
  const command = commands
    .command("delete")
    .description("Delete items by their ids")
    .argument("<id...>", "the items' ids")
    .option("--if-match <etag>", "only the version of this etag (one item)");
  const partitionKey = addPartitionKey(command, entity, "their");
  const example = exampleKey(context, partitionKey.flags);
  command
    .addHelpText("after", examples(context, `delete ada${example}`, `delete ada bob${example}`))
    .action(async (ids: string[]) => {
      const options = optionsOf<ConditionOptions>(command);
      if (options.ifMatch !== undefined && ids.length > 1) {
        throw new WrongUsage("--if-match goes with one item.");
      }
      const keys = ids.map((id) => partitionKey.key(id, options));
      const api = session.api(options);
      const { delete: procedure } = api.entity(name);
      let refused = 0;
      const failures = inOrder(keys, { maxConcurrency: concurrency }, async (key) => {
        try {
          await procedure.mutate(writeInput(key, options.ifMatch), alone);
          return undefined;
        } catch (error) {
          // Of one item the failure is the whole answer; without a server every further one would fail so.
          if (keys.length === 1 || isUnanswered(error)) throw error;
          return `'${key.id}': ${api.explain(error)}`;
        }
      });
      for await (const failure of api.eachOrRefused(failures)) {
        if (failure === undefined) continue;
        refused += 1;
        session.tell(failure);
      }
      const deleted = ids.length - refused;
      const { requestCharge } = api.usage();
      if (options.json === true) await session.printJson({ deleted, refused, requestCharge });
      session.tellDone(`${countItems(deleted)} deleted: ${showUsage(api.usage())}`, options);
      if (refused > 0) throw new Refused(`${partOfItems(refused, ids.length, "refused")}.`);
    });
}
