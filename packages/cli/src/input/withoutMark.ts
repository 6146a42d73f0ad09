import { UnreadableInput } from "../errors.ts";

const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);
const utf16Marks = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/**
 * The bytes of a text without the byte order mark that some programs put first.
 *
 * @throws UnreadableInput for a text in UTF-16
 */
export async function* withoutMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (first === undefined) {
      yield chunk;
      continue;
    }
    first = Buffer.concat([first, chunk]);
    if (first.length < utf8Mark.length) continue;
    yield unmarked(first);
    first = undefined;
  }
  if (first !== undefined && first.length > 0) yield unmarked(first);
}

function unmarked(bytes: Buffer): Buffer {
  if (utf16Marks.some((mark) => bytes.subarray(0, mark.length).equals(mark))) {
    throw new UnreadableInput("The input is in UTF-16: save it as UTF-8.");
  }
  return bytes.subarray(0, utf8Mark.length).equals(utf8Mark) ? bytes.subarray(utf8Mark.length) : bytes;
}
