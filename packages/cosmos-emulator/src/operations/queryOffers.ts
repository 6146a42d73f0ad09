import { offersFeed } from "./listOffers.ts";
import { queryFeed } from "./metadataFeed.ts";
import type { Operation } from "./operation.ts";

/** `POST /offers` with a query: how SDKs find a container's offer. Source: Learn, REST "Query Offers". */
export const queryOffers: Operation = {
  name: "queryOffers",
  dataAction: null,
  isWrite: false,
  run: (account, call) => queryFeed(call, offersFeed(account)),
};
