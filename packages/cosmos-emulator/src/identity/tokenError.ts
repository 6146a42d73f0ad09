/** A refusal of the token endpoint: OAuth 2.0's code and Entra ID's number. */
export class TokenError extends Error {
  override readonly name = "TokenError";
  /** `invalid_client`, `invalid_grant` … Source: RFC 6749, section 5.2. */
  readonly error: string;
  /** The number of `AADSTS7000215` and the like. */
  readonly number: number;

  constructor(error: string, number: number, message: string) {
    super(message);
    this.error = error;
    this.number = number;
  }
}
