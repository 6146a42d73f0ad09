/** What a caller of the emulator's own functions and administrative endpoint got wrong, in one sentence. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Why the emulator cannot start, in one sentence that says what to do. */
export class StartError extends Error {
  override readonly name = "StartError";
}
