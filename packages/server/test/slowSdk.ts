import { registerHooks } from "node:module";

// Loaded with --import. The part of the server with the SDK is there when the address in SDK_GATE has answered, as if it
// came from a slow disk.
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith("/database.mjs")) return loaded;
    return { ...loaded, source: `await (await fetch(process.env.SDK_GATE)).text();\n${loaded.source}` };
  },
});
