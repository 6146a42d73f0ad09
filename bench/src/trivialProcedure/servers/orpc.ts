import { os } from "@orpc/server";
import { RPCHandler } from "@orpc/server/node";
import { greeting, input } from "../greeting.ts";
import { listen } from "../listen.ts";

const handler = new RPCHandler({
  greet: os
    .route({ method: "GET" })
    .input(input)
    .handler((call) => greeting(call.input.name)),
  save: os.input(input).handler((call) => greeting(call.input.name)),
});

listen(async (req, res) => {
  const { matched } = await handler.handle(req, res);
  if (!matched) res.writeHead(404).end();
});
