import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { type ClientOptions, isApiError } from "../src/index.ts";
import { createTRPCContext, createTRPCOptionsProxy } from "../src/react.ts";
import { Refusal, serve, t } from "./runningRouter.ts";
import { createClient, type TestApi } from "./testApi.ts";

const key = { id: "a" };
const { TRPCProvider, useTRPC } = createTRPCContext<TestApi>();

function Name() {
  const { data, error } = useQuery(useTRPC().items.get.queryOptions(key));
  return <p>{error?.message ?? data?.name ?? "…"}</p>;
}

/** A page around a client: its cache, an item in it, and how it looks. */
function page(options: ClientOptions) {
  const client = createClient(options);
  const queries = { retry: false, retryOnMount: false };
  const queryClient = new QueryClient({ defaultOptions: { queries } });
  const query = createTRPCOptionsProxy<TestApi>({ client, queryClient }).items.get.queryOptions(key);
  const render = (): string =>
    renderToString(
      <QueryClientProvider client={queryClient}>
        <TRPCProvider trpcClient={client} queryClient={queryClient}>
          <Name />
        </TRPCProvider>
      </QueryClientProvider>,
    );
  return { queryClient, query, render };
}

test("what was fetched is rendered", async () => {
  const get = t.procedure.query(() => ({ ...key, name: "Ada" }));
  const { queryClient, query, render } = page(await serve(t.router({ items: t.router({ get }) })));
  expect(render()).toBe("<p>…</p>");
  await queryClient.prefetchQuery(query);
  expect(render()).toBe("<p>Ada</p>");
});

test("a query's error is the client's", async () => {
  const get = t.procedure.query(() => {
    throw new Refusal("There is none.", { reason: "not-found" });
  });
  const { queryClient, query } = page(await serve(t.router({ items: t.router({ get }) })));
  const error = await queryClient.fetchQuery(query).catch((thrown: unknown) => thrown);
  expect(isApiError(error, "not-found")).toBe(true);
});

test("a page is rendered where there is no page, and its call says why it has nothing", async () => {
  const { queryClient, query, render } = page({ url: "/" });
  expect(render()).toBe("<p>…</p>");
  await queryClient.prefetchQuery(query);
  expect(render()).toContain("there is no page");
});
