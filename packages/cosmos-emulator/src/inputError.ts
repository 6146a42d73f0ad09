/** What a caller of the emulator's own functions and administrative endpoint got wrong, in one sentence. */
export class InputError extends Error {
  override readonly name = "InputError";
}
