import { registerHooks } from "node:module";

// Loaded with --import. The SDK is there when the address in SDK_GATE has answered, as if it came from a slow disk.
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith("/@azure/cosmos/dist/esm/index.js")) return loaded;
    return { ...loaded, source: `await (await fetch(process.env.SDK_GATE)).text();\n${loaded.source}` };
  },
});
