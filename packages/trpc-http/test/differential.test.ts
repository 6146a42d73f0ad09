import { describe, expect, it } from "vitest";
import { type RequestSpelling, spell } from "./requests.ts";
import { others, own } from "./requestTable.ts";
import { expectSame, isOwnAnswer, startPair } from "./serverPair.ts";
import { setups } from "./setups.ts";

/** Puts a request under another base path. */
function under(basePath: string, request: RequestSpelling): RequestSpelling {
  return request.target.startsWith("/") ? { ...request, target: basePath + request.target } : request;
}

describe("answers byte for byte as tRPC's handler does", () => {
  for (const [name, setup] of Object.entries(setups)) {
    it(`set up as ${name}`, async () => {
      await using pair = await startPair(setup);
      for (const [request, spelling] of Object.entries({ ...own, ...others })) {
        const target = name === "basePath" ? under("/api/trpc", spelling) : spelling;
        await expectSame(pair, spell(target)).catch((cause: unknown) => {
          throw new Error(`${request}: ${cause instanceof Error ? cause.message : cause}`, { cause });
        });
      }
    });
  }

  it("with a base path that requests do not have", async () => {
    await using pair = await startPair(setups.basePath);
    for (const request of Object.values(own)) await expectSame(pair, spell(request));
  });
});

it("answers JSON calls itself", async () => {
  await using pair = await startPair(setups.plain);
  const handedOver: string[] = [];
  for (const [name, request] of Object.entries(own)) {
    if (!isOwnAnswer(await expectSame(pair, spell(request)))) handedOver.push(name);
  }
  expect(handedOver).toEqual([]);
});
