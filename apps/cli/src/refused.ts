/** A call that was refused, or a server that does not answer: the process ends with 1 and this sentence. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** Arguments that make no sense: the process ends with 2 and this sentence. */
export class WrongUsage extends Error {
  override readonly name = "WrongUsage";
}
