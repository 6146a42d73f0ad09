import type { TRPCClient } from "@trpc/client";
import type {
  AnyTRPCProcedure,
  AnyTRPCRouter,
  inferProcedureErrorShape,
  inferProcedureInput,
  inferRouterError,
  inferRouterInputs,
  inferRouterOutputs,
  inferTransformedProcedureOutput,
} from "@trpc/server";
import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";

/** Whether the compiler itself takes two types for one: assignability in both directions would let much pass. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type Root<Router extends AnyTRPCRouter> = Router["_def"]["_config"]["$types"];
type Record<Router extends AnyTRPCRouter> = Router["_def"]["record"];

/** Everything that a client can learn of one procedure. */
interface View<Router extends AnyTRPCRouter, Procedure extends AnyTRPCProcedure, Seen extends Sight> {
  kind: Procedure["_def"]["type"];
  input: [inferProcedureInput<Procedure>, Seen["input"]];
  output: [inferTransformedProcedureOutput<Root<Router>, Procedure>, Seen["output"]];
  errorShape: inferProcedureErrorShape<Root<Router>, Procedure>;
  client: Seen["client"] extends { query: infer Call } | { mutate: infer Call } | { subscribe: infer Call }
    ? Call
    : never;
  tanstack: Seen["options"] extends { "~types": infer Types } ? Types : never;
}

type DifferentParts<A, B> = {
  [Part in keyof A & keyof B & string]: Same<A[Part], B[Part]> extends true ? never : Part;
}[keyof A & keyof B & string];

/** What a router's types make of one place in it, whichever way a client looks. */
interface Sight {
  input: unknown;
  output: unknown;
  client: unknown;
  options: unknown;
}

type SightAt<Seen extends Sight, Key> = {
  [Part in keyof Sight]: Key extends keyof Seen[Part] ? Seen[Part][Key] : never;
};

type SightOf<Router extends AnyTRPCRouter> = {
  input: inferRouterInputs<Router>;
  output: inferRouterOutputs<Router>;
  client: TRPCClient<Router>;
  options: TRPCOptionsProxy<Router>;
};

type Walk<
  S extends AnyTRPCRouter,
  G extends AnyTRPCRouter,
  SRecord,
  GRecord,
  SSeen extends Sight,
  GSeen extends Sight,
  Path extends string,
> = {
  [Key in (keyof SRecord | keyof GRecord) & string]: Key extends keyof SRecord & keyof GRecord
    ? SRecord[Key] extends AnyTRPCProcedure
      ? GRecord[Key] extends AnyTRPCProcedure
        ? `${Path}${Key}: ${DifferentParts<View<S, SRecord[Key], SightAt<SSeen, Key>>, View<G, GRecord[Key], SightAt<GSeen, Key>>>}`
        : `${Path}${Key} is no procedure`
      : Walk<S, G, SRecord[Key], GRecord[Key], SightAt<SSeen, Key>, SightAt<GSeen, Key>, `${Path}${Key}.`>
    : `${Path}${Key} is missing`;
}[(keyof SRecord | keyof GRecord) & string];

/** Each part of each procedure in which two routers differ, such as `items.get: output`; `never` when none does. */
export type Differences<S extends AnyTRPCRouter, G extends AnyTRPCRouter> = Walk<
  S,
  G,
  Record<S>,
  Record<G>,
  SightOf<S>,
  SightOf<G>,
  ""
>;

/** Whether whole routers agree in what is not a matter of one procedure. */
export type SameRouter<S extends AnyTRPCRouter, G extends AnyTRPCRouter> = {
  errorShape: Same<inferRouterError<S>, inferRouterError<G>>;
  transformer: Same<Root<S>["transformer"], Root<G>["transformer"]>;
};

/** The paths of a router's procedures: comparing none would show no difference. */
export type Paths<Of, Path extends string = ""> = {
  [Key in keyof Of & string]: Of[Key] extends AnyTRPCProcedure
    ? `${Path}${Key}`
    : Paths<Of[Key], `${Path}${Key}.`>;
}[keyof Of & string];

/** How many members a union has. */
export type Count<Union, Counted extends 0[] = []> = [Union] extends [never]
  ? Counted["length"]
  : Count<Exclude<Union, OneOf<Union>>, [...Counted, 0]>;

/** Some member of a union: of the overloads that an intersection of functions is, inference takes the last. */
type OneOf<Union> = (Union extends unknown ? (member: () => Union) => void : never) extends (
  member: infer Of,
) => void
  ? Of extends () => infer One
    ? One
    : never
  : never;
