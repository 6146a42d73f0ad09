import type { Item } from "@cosmos-trpc/client";
import type { Usage } from "./api.ts";

/** An item for people: a line a field. */
export function showItem(item: Item, usage: Usage): string {
  const rows: [string, string | undefined][] = [
    ["id", item.id],
    ["pk", item.pk],
    ["name", item.name],
    ["tags", item.tags?.join(", ")],
    ["data", item.data === undefined ? undefined : JSON.stringify(item.data)],
    ["ttl", item.ttl === undefined ? undefined : `${item.ttl} s`],
    ["updated", item.updatedAt],
    ["etag", item.etag],
    ["charge", showUsage(usage)],
  ];
  return rows
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(8)} ${printable(value)}\n`]))
    .join("");
}

/** A charge and a time for people. */
export const showUsage = ({ requestCharge, elapsed }: Usage): string =>
  `${Number(requestCharge.toFixed(2))} RU in ${elapsed < 1000 ? `${Math.round(elapsed)} ms` : `${(elapsed / 1000).toFixed(1)} s`}`;

/** Text from elsewhere must not steer the terminal: control characters are shown as escapes. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    // JSON leaves the second block of them as it is, in which U+009B begins a terminal's command.
    return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : escaped;
  });
