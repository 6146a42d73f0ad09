/** Up to this product of two lengths, the engine's own search is quick whatever the texts. */
const smallSize = 1_000_000;

/**
 * Where a part begins in a text, as `String.indexOf`, in a time that grows with the sum of the lengths: that of the
 * engine's own search can grow with their product.
 */
export function indexOfPart(text: string, part: string, start = 0): number {
  if (text.length * part.length <= smallSize || part.length < 2) return text.indexOf(part, start);
  const from = Math.min(Math.max(start, 0), text.length);
  return search(part, text.length - from, (position) => text.charCodeAt(from + position), from);
}

/** Where a part begins for the last time, as `String.lastIndexOf`, in linear time. */
export function lastIndexOfPart(text: string, part: string, start = Number.POSITIVE_INFINITY): number {
  if (text.length * part.length <= smallSize || part.length < 2) return text.lastIndexOf(part, start);
  // Both backwards: the first that is found there is the last here.
  const end = Math.min(text.length, Math.max(start, 0) + part.length);
  const found = search(reversed(part), end, (position) => text.charCodeAt(end - 1 - position), 0);
  return found === -1 ? -1 : end - found - part.length;
}

/** The stretches of a text between the parts, as `String.split`, in linear time. */
export function splitAtPart(text: string, part: string): string[] {
  if (text.length * part.length <= smallSize || part.length < 2) return text.split(part);
  const pieces: string[] = [];
  const borders = bordersOf(part);
  let begin = 0;
  let matched = 0;
  for (let position = 0; position < text.length; position += 1) {
    matched = advance(part, borders, matched, text.charCodeAt(position));
    if (matched === part.length) {
      pieces.push(text.slice(begin, position + 1 - part.length));
      begin = position + 1;
      matched = 0;
    }
  }
  pieces.push(text.slice(begin));
  return pieces;
}

const reversed = (text: string): string => text.split("").reverse().join("");

/** Knuth, Morris and Pratt's search over `length` code units. */
function search(part: string, length: number, unitAt: (position: number) => number, offset: number): number {
  const borders = bordersOf(part);
  let matched = 0;
  for (let position = 0; position < length; position += 1) {
    matched = advance(part, borders, matched, unitAt(position));
    if (matched === part.length) return offset + position + 1 - part.length;
  }
  return -1;
}

/** How many units of the part match once this one follows. */
function advance(part: string, borders: Int32Array, matched: number, unit: number): number {
  let length = matched;
  while (length > 0 && part.charCodeAt(length) !== unit) {
    length = borders[length - 1] ?? 0;
  }
  return part.charCodeAt(length) === unit ? length + 1 : length;
}

/** For each beginning of the part, how long its longest beginning is that is its end as well. */
function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length);
  for (let index = 1; index < part.length; index += 1) {
    borders[index] = advance(part, borders, borders[index - 1] ?? 0, part.charCodeAt(index));
  }
  return borders;
}
