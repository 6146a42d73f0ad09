/**
 * @param text what a documentation comment says, or nothing
 * @param indent how many spaces stand before it
 * @returns the comment with its line ends, or nothing
 */
export function printComment(text: string | undefined, indent: number): string {
  if (text === undefined || text.trim() === "") return "";
  const margin = " ".repeat(indent);
  // The end of a comment inside it, say in an example, would end it early.
  const lines = text
    .replace(/\*\//gu, "*\\/")
    .split(/\r?\n/u)
    .map((line) => line.trimEnd());
  const [only] = lines;
  if (only !== undefined && lines.length === 1 && indent + only.length <= 100)
    return `${margin}/** ${only} */\n`;
  return `${margin}/**\n${lines.map((line) => `${margin} * ${line}`.trimEnd()).join("\n")}\n${margin} */\n`;
}
