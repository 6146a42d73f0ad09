import type { Work } from "./work.ts";

/** One position of a LIKE pattern: any run of characters, or one character of some kind. */
export type LikeElement =
  | { readonly kind: "run" }
  | { readonly kind: "any" }
  | { readonly kind: "character"; readonly character: string }
  | {
      readonly kind: "set";
      readonly negated: boolean;
      readonly ranges: readonly (readonly [from: string, to: string])[];
    };

/**
 * Reads a LIKE pattern: `%`, `_`, `[set]`, `[^set]` and the escape character. A bracket that nothing closes
 * stands for itself. Source: documentation, "Keywords", LIKE (nosql/query/keywords).
 */
export function parseLikePattern(pattern: string, escapeCharacter: string | undefined): LikeElement[] {
  const characters = Array.from(pattern);
  const elements: LikeElement[] = [];
  const lastClose = characters.lastIndexOf("]");
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? "";
    if (character === escapeCharacter && index + 1 < characters.length) {
      index += 1;
      elements.push({ kind: "character", character: characters[index] ?? "" });
    } else if (character === "%") {
      if (elements.at(-1)?.kind !== "run") {
        elements.push({ kind: "run" });
      }
    } else if (character === "_") {
      elements.push({ kind: "any" });
    } else {
      const close = character === "[" && index + 2 <= lastClose ? characters.indexOf("]", index + 2) : -1;
      if (close === -1) {
        elements.push({ kind: "character", character });
      } else {
        elements.push(parseSet(characters.slice(index + 1, close)));
        index = close;
      }
    }
  }
  return elements;
}

/** The characters with which every match begins, and whether the pattern has nothing else but them. */
export function likePrefix(elements: readonly LikeElement[]): { prefix: string; exact: boolean } {
  let prefix = "";
  for (const element of elements) {
    if (element.kind !== "character") return { prefix, exact: false };
    prefix += element.character;
  }
  return { prefix, exact: true };
}

/** Whether the pattern matches the whole text. It can take the product of the two lengths, which is counted. */
export function matchesLike(text: string, elements: readonly LikeElement[], work: Work): boolean {
  const characters = Array.from(text);
  let position = 0;
  let element = 0;
  let retryElement = -1;
  let retryPosition = 0;
  while (position < characters.length) {
    const current = elements[element];
    if (current?.kind === "run") {
      retryElement = element;
      retryPosition = position;
      element += 1;
    } else if (current !== undefined && matchesOne(characters[position] ?? "", current)) {
      element += 1;
      position += 1;
    } else if (retryElement >= 0) {
      // What was matched in vain since the last `%`.
      work.consume(1 + element - retryElement);
      retryPosition += 1;
      position = retryPosition;
      element = retryElement + 1;
    } else {
      return false;
    }
  }
  return elements.slice(element).every(({ kind }) => kind === "run");
}

function matchesOne(character: string, element: LikeElement): boolean {
  switch (element.kind) {
    case "any":
      return true;
    case "character":
      return element.character === character;
    case "set":
      return element.ranges.some(([from, to]) => character >= from && character <= to) !== element.negated;
    case "run":
      return false;
  }
}

function parseSet(characters: readonly string[]): LikeElement {
  const negated = characters.length > 1 && characters[0] === "^";
  const members = negated ? characters.slice(1) : characters;
  const ranges: [string, string][] = [];
  for (let index = 0; index < members.length; index += 1) {
    const from = members[index] ?? "";
    const to = members[index + 1] === "-" ? members[index + 2] : undefined;
    ranges.push([from, to ?? from]);
    index += to === undefined ? 0 : 2;
  }
  return { kind: "set", negated, ranges };
}
