/** Who sent a request: the holder of the account's key, or the owner of a token. */
export type Principal =
  | { readonly kind: "key" }
  | {
      readonly kind: "token";
      /** The principal's object id in Entra ID: the token's `oid`. */
      readonly objectId: string;
      /** The object ids of the groups that the token says it belongs to. */
      readonly groups: readonly string[];
    };
