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
  inferTransformedSubscriptionOutput,
} from "@trpc/server";
import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";

/** Whether the compiler itself takes two types for one: assignability in both directions would let much pass. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type Root<Router extends AnyTRPCRouter> = Router["_def"]["_config"]["$types"];
type Record<Router extends AnyTRPCRouter> = Router["_def"]["record"];

/** Everything that a client can learn of one procedure. */
interface View<Router extends AnyTRPCRouter, Procedure extends AnyTRPCProcedure, Client, Options> {
  kind: Procedure["_def"]["type"];
  input: inferProcedureInput<Procedure>;
  output: inferTransformedProcedureOutput<Root<Router>, Procedure>;
  errorShape: inferProcedureErrorShape<Root<Router>, Procedure>;
  event: inferTransformedSubscriptionOutput<Root<Router>, Procedure>;
  client: Client extends { query: infer Call } | { mutate: infer Call } | { subscribe: infer Call } ? Call : never;
  tanstack: Options extends { "~types": infer Types } ? Types : never;
}

type DifferentParts<A, B> = {
  [Part in keyof A & keyof B & string]: Same<A[Part], B[Part]> extends true ? never : Part;
}[keyof A & keyof B & string];

type At<Of, Key> = Key extends keyof Of ? Of[Key] : never;

type Walk<
  S extends AnyTRPCRouter,
  G extends AnyTRPCRouter,
  SRecord,
  GRecord,
  SClient,
  GClient,
  SOptions,
  GOptions,
  Path extends string,
> = {
  [Key in (keyof SRecord | keyof GRecord) & string]: Key extends keyof SRecord & keyof GRecord
    ? SRecord[Key] extends AnyTRPCProcedure
      ? GRecord[Key] extends AnyTRPCProcedure
        ? `${Path}${Key}: ${DifferentParts<
            View<S, SRecord[Key], At<SClient, Key>, At<SOptions, Key>>,
            View<G, GRecord[Key], At<GClient, Key>, At<GOptions, Key>>
          >}`
        : `${Path}${Key} is no procedure`
      : Walk<
          S,
          G,
          SRecord[Key],
          GRecord[Key],
          At<SClient, Key>,
          At<GClient, Key>,
          At<SOptions, Key>,
          At<GOptions, Key>,
          `${Path}${Key}.`
        >
    : `${Path}${Key} is missing`;
}[(keyof SRecord | keyof GRecord) & string];

/** Each part of each procedure in which two routers differ, such as `items.get: output`; `never` when none does. */
export type Differences<S extends AnyTRPCRouter, G extends AnyTRPCRouter> = Walk<
  S,
  G,
  Record<S>,
  Record<G>,
  TRPCClient<S>,
  TRPCClient<G>,
  TRPCOptionsProxy<S>,
  TRPCOptionsProxy<G>,
  ""
>;

/** Whether whole routers agree in what is not a matter of one procedure. */
export type SameRouter<S extends AnyTRPCRouter, G extends AnyTRPCRouter> = {
  errorShape: Same<inferRouterError<S>, inferRouterError<G>>;
  transformer: Same<Root<S>["transformer"], Root<G>["transformer"]>;
  inputs: Same<inferRouterInputs<S>, inferRouterInputs<G>>;
  outputs: Same<inferRouterOutputs<S>, inferRouterOutputs<G>>;
};

/** The paths of a router's procedures: comparing none would show no difference. */
export type Paths<Of, Path extends string = ""> = {
  [Key in keyof Of & string]: Of[Key] extends AnyTRPCProcedure ? `${Path}${Key}` : Paths<Of[Key], `${Path}${Key}.`>;
}[keyof Of & string];
