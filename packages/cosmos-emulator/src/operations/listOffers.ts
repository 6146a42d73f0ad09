import type { Account } from "../account.ts";
import { listFeed, type MetadataFeed } from "./metadataFeed.ts";
import { offerBody } from "./offerBody.ts";
import type { Operation } from "./operation.ts";

/** The account's offers. */
export const offersFeed = ({ store }: Account): MetadataFeed => ({
  rid: "",
  name: "Offers",
  entries: store.offers.list().map(offerBody),
});

/** `GET /offers`. Source: Learn, REST "List Offers". */
export const listOffers: Operation = {
  name: "listOffers",
  dataAction: null,
  isWrite: false,
  run: (account, call) => listFeed(call, offersFeed(account)),
};
