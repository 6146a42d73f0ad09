/** A patch that the service refuses with 400. The message is the service's, as far as it is documented. */
export class PatchError extends Error {
  override readonly name: string = "PatchError";
}
