import { createServer } from "node:http";
import { os } from "@orpc/server";
import { RPCHandler } from "@orpc/server/node";
import { getItem, item, itemKey, port, upsertItem } from "./plainItems.ts";

const handler = new RPCHandler({
  items: {
    get: os
      .route({ method: "GET" })
      .input(itemKey)
      .handler(({ input }) => getItem(input)),
    upsert: os.input(item).handler(({ input }) => upsertItem(input)),
  },
});

createServer(async (request, response) => {
  const { matched } = await handler.handle(request, response);
  if (!matched) response.writeHead(404).end();
}).listen(port, "127.0.0.1");
